import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { DataDirectory } from '../../core/data-directory.ts';
import { CosmosError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { mapStoreErrors } from '../../core/store/database.ts';
import { ExclusiveLock } from '../../core/store/exclusive-lock.ts';

/** A command that only looks holds the lock for an instant: a daemon that starts just then asks again. */
const TRIES = 5;
const TRY_INTERVAL_MS = 50;

/**
 * The right to be the one daemon of a data directory; throws `store.second_daemon` while another one is, with its
 * process id where it has left one.
 */
export async function lockDaemon(data: DataDirectory, clock: Clock): Promise<ExclusiveLock> {
  for (let tries = 1; ; tries++) {
    const lock = ExclusiveLock.tryAcquire(data.daemonLock);
    if (lock !== undefined) return signed(lock, data);
    if (tries === TRIES) throw new CosmosError('store.second_daemon', holder(data));
    await clock.sleep(TRY_INTERVAL_MS);
  }
}

export function isDaemonRunning(data: DataDirectory): boolean {
  return ExclusiveLock.isHeld(data.daemonLock);
}

function signed(lock: ExclusiveLock, data: DataDirectory): ExclusiveLock {
  try {
    mapStoreErrors(() => writeFileSync(data.daemonProcess, `${process.pid}\n`));
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The words say less where nothing of use was left; that is no reason to fail in another way. */
function holder(data: DataDirectory): { pid?: number } {
  if (!existsSync(data.daemonProcess)) return {};
  const pid = Number(readFileSync(data.daemonProcess, 'utf8'));
  return Number.isSafeInteger(pid) && pid > 0 ? { pid } : {};
}
