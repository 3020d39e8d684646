import { randomBytes } from 'node:crypto';
import type { Random } from '../core/ports/random.ts';

/** The operating system's source of randomness. */
export const systemRandom: Random = { bytes: (count) => randomBytes(count) };
