import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Sha256 } from '../../core/ids.ts';
import type { TransferProgress } from '../../core/ports/host.ts';
import type { StoredFile } from '../../core/ports/media.ts';
import { FileFault } from './file-fault.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface CopyOptions {
  /** True where the copy must outlast a loss of power. */
  readonly flush: boolean;
  readonly onProgress?: TransferProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Copies a regular file to a name that must be free. Never follows a link. */
export async function copyNewFile(from: string, to: string, options: CopyOptions): Promise<void> {
  await readChunks(from, options.signal, async (chunks, total) => {
    const target = await open(to, 'wx', 0o644);
    try {
      let done = 0;
      options.onProgress?.(done, total);
      for await (const chunk of chunks) {
        await target.writeFile(chunk);
        done += chunk.length;
        options.onProgress?.(done, total);
      }
      if (options.flush) await target.sync();
    } finally {
      await target.close();
    }
  });
}

/** SHA-256 and size of a regular file, read in pieces. Never follows a link. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<StoredFile> {
  return readChunks(path, signal, async (chunks) => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { sha256: hash.digest('hex') as Sha256, bytes };
  });
}

/** Opens a regular file for reading, and nothing else. Never follows a link. */
export async function readRegularFile<T>(
  path: string,
  use: (file: FileHandle, size: number) => Promise<T>,
): Promise<T> {
  // Without O_NONBLOCK the opening of a named pipe would wait for a writer for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new FileFault('wrong_kind', new Error('not a regular file'));
    return await use(file, stats.size);
  } finally {
    await file.close();
  }
}

async function readChunks<T>(
  path: string,
  signal: AbortSignal | undefined,
  use: (chunks: AsyncIterable<Uint8Array>, total: number) => Promise<T>,
): Promise<T> {
  return readRegularFile(path, (file, size) => use(chunksOf(file, signal), size));
}

async function* chunksOf(file: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
