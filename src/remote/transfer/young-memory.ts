import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of files that pass between two collections. */
const STEP_BYTES = 8 * 1024 * 1024;

/**
 * To be told of the bytes that a transfer has moved. The SSH library makes a new buffer of every packet. V8 counts them
 * as old memory, though they die young, and would search all its heap for them fifty times per GiB: up to two fifths of
 * the processor time of a transfer, and half as much memory again. A look at the young objects alone finds them in a
 * millisecond.
 */
export function youngMemory(): (bytes: number) => void {
  let collect: ReturnType<typeof collector>;
  let moved = 0;
  return (bytes) => {
    moved += bytes;
    if (moved < STEP_BYTES) return;
    moved = 0;
    collect ??= collector();
    collect?.({ type: 'minor' });
  };
}

/** Node has no other way to its collector while it runs; without one, a transfer only costs more. */
// biome-ignore lint/complexity/noBannedTypes: the type is V8's own affair.
function collector(): Function | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? found : undefined;
}
