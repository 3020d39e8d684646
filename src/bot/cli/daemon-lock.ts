import type { DataDirectory } from '../../core/data-directory.ts';
import { CosmosError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { ExclusiveLock } from '../../core/store/exclusive-lock.ts';

/** A command that only looks holds the lock for an instant: a daemon that starts just then asks again. */
const TRIES = 5;
const TRY_INTERVAL_MS = 50;

/** The right to be the one daemon of a data directory; throws `store.second_daemon` while another one is. */
export async function lockDaemon(data: DataDirectory, clock: Clock): Promise<ExclusiveLock> {
  for (let tries = 1; ; tries++) {
    const lock = ExclusiveLock.tryAcquire(data.daemonLock);
    if (lock !== undefined) return lock;
    if (tries === TRIES) throw new CosmosError('store.second_daemon');
    await clock.sleep(TRY_INTERVAL_MS);
  }
}

export function isDaemonRunning(data: DataDirectory): boolean {
  return ExclusiveLock.isHeld(data.daemonLock);
}
