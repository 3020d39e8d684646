import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and its missing parents; throws the system's error. Node's own recursive `mkdirSync` never returns
 * where the file system answers ENOENT to a name whose parent is there, as `/proc` does (Node 24).
 */
export function ensureDirectory(path: string): void {
  if (isMade(path)) return;
  const parent = dirname(path);
  if (parent !== path) ensureDirectory(parent);
  if (!isMade(path)) mkdirSync(path);
}

/** True where the directory is there now; false where its parent is missing. */
function isMade(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return false;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return true;
    throw error;
  }
}
