import type { Clock, UtcMs } from '../../core/ports/clock.ts';

/** Posts that Slack takes at once: it allows short bursts, and does not say how short. */
const BURST = 3;

/** Slack takes so many calls of one kind in a time (posts into a channel, reads with one method): each waits for its turn. */
export class ChannelPace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #burst: number;
  /** When the channel would be at rest again. */
  readonly #busyUntil = new Map<string, UtcMs>();

  /** `burst`: how many are let through at once after a rest. */
  constructor(clock: Clock, intervalMs: number, burst = BURST) {
    this.#burst = burst;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** Takes the next turn of a channel and returns how long it is until then, ms; undefined where that is too long. */
  take(channel: string, mostMs: number): number | undefined {
    const now = this.#clock.now();
    for (const [each, until] of this.#busyUntil) if (until <= now) this.#busyUntil.delete(each);
    const busyUntil = this.#busyUntil.get(channel) ?? now;
    const wait = Math.max(0, busyUntil - (this.#burst - 1) * this.#intervalMs - now);
    if (wait > mostMs) return undefined;
    this.#busyUntil.set(channel, busyUntil + this.#intervalMs);
    return wait;
  }
}
