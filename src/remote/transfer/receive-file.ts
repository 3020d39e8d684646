import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { StoredFile } from '../../core/ports/media.ts';
import { hashFile } from '../transport/local-copy.ts';
import { localFault } from '../transport/local-fault.ts';
import { hashOnHost } from '../transport/ssh/host-files.ts';
import type { SshConnection } from '../transport/ssh/ssh-connection.ts';
import type { Copied, CopyOptions } from '../transport/transport.ts';
import { keptPrefix, SMALL_BYTES } from './block-queue.ts';
import { moveBlocks } from './blocks.ts';
import { moverFromHost } from './movers.ts';
import { WorkerHash } from './worker-hash.ts';

export interface ReceiveOptions extends CopyOptions {
  /** On the host: a regular file of `size` bytes. */
  readonly path: string;
  readonly size: number;
  /** On our side. */
  readonly file: string;
}

/** Copies a file of the host to ours, flushed to the disk; both ends hash it meanwhile. What fails leaves a part of it here. */
export async function receiveFile(
  connection: SshConnection,
  options: ReceiveOptions,
): Promise<Copied & { readonly sent: StoredFile }> {
  const { path, size, onProgress, resume = false, signal } = options;
  const { file, keptBytes } = await localFault(
    resume ? openPartial(options.file, size) : create(options.file),
  );
  const stop = new AbortController();
  const hash = size > SMALL_BYTES ? new WorkerHash(options.file) : undefined;
  try {
    onProgress(keptBytes, size);
    hash?.grow(keptBytes);
    const signals = [stop.signal, ...(signal === undefined ? [] : [signal])];
    const early = hashOnHost(connection, { path, size, signal: AbortSignal.any(signals) }).catch(
      // The connection broke, or the host was busy: asked again when everything is here.
      () => undefined,
    );
    let rounds = 0;
    await moveBlocks({
      connection,
      size,
      path,
      flags: 'r',
      keptBytes,
      onProgress,
      signal,
      onRound: () => {
        rounds += 1;
      },
      onContiguous: (bytes) => hash?.grow(bytes),
      mover: moverFromHost(file),
    });
    await localFault(file.sync());
    const received = (await hash?.finish()) ?? (await localFault(hashFile(options.file, signal)));
    const sent = (await early) ?? (await hashOnHost(connection, { path, size, signal }));
    return { sent, received, inPieces: keptBytes > 0 || rounds > 1 };
  } finally {
    stop.abort();
    hash?.stop();
    await file.close();
  }
}

interface Opened {
  readonly file: FileHandle;
  readonly keptBytes: number;
}

async function create(path: string): Promise<Opened> {
  return { file: await open(path, 'wx', 0o644), keptBytes: 0 };
}

/** What is there of the file, or a new one where none of it is of use. */
async function openPartial(path: string, size: number): Promise<Opened> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags, 0o644);
  const stats = await file.stat();
  const keptBytes = stats.isFile() && stats.size <= size ? keptPrefix(stats.size) : 0;
  if (keptBytes > 0) return { file, keptBytes };
  await file.close();
  await rm(path);
  return create(path);
}
