import type { UtcMs } from '../../../src/core/ports/clock.ts';

/** Makes the timestamps of one channel: unique and increasing, whatever the clock does. */
export class TimestampMaker {
  /** Microseconds since 1970. */
  #last = 0;

  next(now: UtcMs): string {
    this.#last = Math.max(now * 1000, this.#last + 100);
    return timestampOf(this.#last);
  }
}

/** `seconds.micros` as microseconds since 1970; undefined where it is no such number. */
export function microsecondsOf(timestamp: string): number | undefined {
  const match = /^(\d{1,11})(?:\.(\d{1,6})\d*)?$/.exec(timestamp.trim());
  if (!match) return undefined;
  return Number(match[1]) * 1e6 + Number((match[2] ?? '').padEnd(6, '0'));
}

export function timestampOf(microseconds: number): string {
  return `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}`;
}
