import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirectory } from '../data-directory.ts';
import type { UtcMs } from '../ports/clock.ts';
import { mapFileErrors } from './file-errors.ts';

/** No file takes longer than this to come in; a younger one may be another process's. */
const LONGEST_COPY_MS = 24 * 3600 * 1000;

/**
 * Removes what killed processes have left of files that were still being copied in. Throws what `mapFileErrors` makes
 * of a folder that cannot be changed.
 */
export async function sweepIncoming(data: DataDirectory, now: UtcMs): Promise<void> {
  await mapFileErrors('incoming', async () => {
    for (const name of await namesIn(data.incoming)) {
      const path = join(data.incoming, name);
      const { mtimeMs } = await lstat(path);
      if (now - mtimeMs > LONGEST_COPY_MS) await rm(path, { recursive: true, force: true });
    }
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
