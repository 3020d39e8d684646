import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CosmosError, type ErrorCode } from '../errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'input.file_missing',
  ENOTDIR: 'input.file_missing',
  ENAMETOOLONG: 'input.file_missing',
  ELOOP: 'input.file_missing',
  // A NUL in the name.
  ERR_INVALID_ARG_VALUE: 'input.file_missing',
  // A socket.
  ENXIO: 'input.file_not_regular',
};

/**
 * Opens a file for reading after looking at what it is: a folder, pipe or device is never opened, and what was
 * looked at is what is open. Throws `input.file_missing`, `file_unreadable`, `file_not_regular`, `file_empty`,
 * `file_too_large`.
 */
export async function openRegularFile(path: string, maxBytes: number): Promise<FileHandle> {
  const handle = await coded(async () => {
    if (!(await stat(path)).isFile()) throw new CosmosError('input.file_not_regular');
    // Does not wait for a writer if the file was exchanged for a pipe in between.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  });
  try {
    const status = await coded(() => handle.stat());
    if (!status.isFile()) throw new CosmosError('input.file_not_regular');
    if (status.size === 0) throw new CosmosError('input.file_empty');
    if (status.size > maxBytes)
      throw new CosmosError('input.file_too_large', { bytes: status.size, maxBytes });
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function coded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CosmosError) throw error;
    const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CosmosError(CODES[system] ?? 'input.file_unreadable', { detail: system }, { cause: error });
  }
}
