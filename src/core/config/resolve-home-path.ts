import { resolve } from 'node:path';

/** What `~/` at the beginning of a path stands for is known only where the path is used. */
const HOME = '~/';

/** An absolute path, or one that begins with `~/`. */
export function resolveHomePath(directory: string, path: string): string {
  return path.startsWith(HOME) ? path : resolve(directory, path);
}

/** The absolute path of what `resolveHomePath` has given. */
export function expandHomePath(home: string, path: string): string {
  return path.startsWith(HOME) ? resolve(home, path.slice(HOME.length)) : path;
}
