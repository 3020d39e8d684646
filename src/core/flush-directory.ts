import { open } from 'node:fs/promises';

/** Makes the names in a directory outlast a loss of power, as `FileHandle.sync` does for what is in a file. */
export async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
