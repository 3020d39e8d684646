import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UtcMs } from '../ports/clock.ts';

/**
 * Removes what a killed process has left among the files that were being copied in: everything older than `before`.
 * Younger ones may belong to a process that works now.
 */
export async function removeLeftovers(incoming: string, before: UtcMs): Promise<void> {
  const names = await readdir(incoming).catch(() => []);
  for (const name of names) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
}
