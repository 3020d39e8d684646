import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';

/** 2015-01-01T00:00:00Z, where Discord's ids begin to count. */
const EPOCH_MS = 1_420_070_400_000n;
const PER_MS = 4096;

/** Ids of Discord's shape: the time in their upper bits, so that their order is that of their making. */
export class Snowflakes {
  readonly #clock: Clock;
  #ms: UtcMs = 0;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Larger than every id before it, also where the clock stands. */
  next(): string {
    const now = this.#clock.now();
    if (now > this.#ms) {
      this.#ms = now;
      this.#count = 0;
    } else {
      this.#count += 1;
      if (this.#count === PER_MS) {
        this.#ms += 1;
        this.#count = 0;
      }
    }
    return String(((BigInt(this.#ms) - EPOCH_MS) << 22n) + BigInt(this.#count));
  }
}

/** When this id was made. */
export function timeOfSnowflake(id: string): UtcMs {
  return Number((BigInt(id) >> 22n) + EPOCH_MS);
}

/** Sorts the oldest first. */
export function byAge(one: { readonly id: string }, other: { readonly id: string }): number {
  const [left, right] = [BigInt(one.id), BigInt(other.id)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{17,20}$/.test(value);
}
