import { once } from 'node:events';

/** What somebody waits for on a slow machine at most, ms. */
const PATIENCE_MS = 150_000;

/** Resolves with what `promise` does; where it takes too long, throws with all that `tell` knows. */
export async function patiently<T>(
  what: string,
  promise: Promise<T>,
  tell: () => readonly (string | undefined)[],
): Promise<T> {
  const late = once(AbortSignal.timeout(PATIENCE_MS), 'abort').then(() => {
    throw new Error([`not seen: ${what}`, ...tell()].join('\n---\n'));
  });
  return await Promise.race([promise, late]);
}
