import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';

/** Requests per minute and workspace of Slack's tiers; `unlimited` for what it calls special. */
const TIERS = { tier1: 1, tier2: 20, tier3: 50, tier4: 100, unlimited: Number.POSITIVE_INFINITY } as const;

export type Tier = keyof typeof TIERS;

const MINUTE_MS = 60_000;
/** One message a second and channel; short bursts pass. How short is not documented: an assumption. */
const POST_BURST = 5;

/** Rate limits per method, app and workspace: off until a test turns them on. */
export class RateLimits {
  /** On: every method has the limit of its tier. */
  enabled = false;
  /** Other limits per minute than the tier's, by method. */
  readonly perMinute = new Map<string, number>();
  readonly #clock: Clock;
  readonly #used = new Map<string, UtcMs[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request. Returns after how many seconds to come again, or undefined when it may pass. */
  take(request: {
    method: string;
    tier: Tier;
    scope: string;
    channel: string | undefined;
  }): number | undefined {
    if (!this.enabled) return undefined;
    const { method, tier, scope, channel } = request;
    const most = this.perMinute.get(method) ?? TIERS[tier];
    const waits = [
      this.#wait(`${scope} ${method}`, most, MINUTE_MS),
      method === 'chat.postMessage'
        ? this.#wait(`${scope} ${method} ${channel}`, POST_BURST, POST_BURST * 1000)
        : 0,
    ];
    const wait = Math.max(...waits);
    if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
    this.#count(`${scope} ${method}`);
    if (method === 'chat.postMessage') this.#count(`${scope} ${method} ${channel}`);
    return undefined;
  }

  /** How long until there is room for one more within the window, ms. */
  #wait(key: string, most: number, windowMs: number): number {
    const recent = (this.#used.get(key) ?? []).filter((at) => at > this.#clock.now() - windowMs);
    const first = recent[recent.length - most];
    return recent.length < most || first === undefined ? 0 : first + windowMs - this.#clock.now();
  }

  #count(key: string): void {
    const now = this.#clock.now();
    const recent = (this.#used.get(key) ?? []).filter((at) => at > now - MINUTE_MS);
    this.#used.set(key, [...recent, now]);
  }
}
