import { createHash } from 'node:crypto';
import type { Clock, UtcMs } from '../../../src/core/ports/clock.ts';
import type { RateLimitScope } from './injections.ts';
import { Refusal } from './refusal.ts';

export interface BucketLimit {
  readonly requests: number;
  readonly perMs: number;
  /** `shared`: others use it up too; does not count as an invalid request. */
  readonly scope?: Exclude<RateLimitScope, 'global'>;
}

const GLOBAL: BucketLimit = { requests: 50, perMs: 1_000 };
/** Discord publishes no numbers; this is what users observe for messages. */
const USUAL: BucketLimit = { requests: 5, perMs: 5_000 };
const BAN: BucketLimit = { requests: 10_000, perMs: 600_000 };

interface Request {
  readonly route: string;
  /** The channel, guild or webhook that the bucket is for. */
  readonly major: string;
  readonly token: string;
  /** Interaction callbacks and webhooks do not count globally. */
  readonly globally: boolean;
}

/** Buckets per route and major id, the global limit, and the count of invalid requests: no limits until a test turns them on. */
export class RateLimits {
  /** On: every route has a bucket, all answers have its headers. */
  enabled = false;
  /** Other limits than the usual one, by route. */
  readonly buckets = new Map<string, BucketLimit>();
  readonly #clock: Clock;
  readonly #used = new Map<string, UtcMs[]>();
  readonly #invalid: UtcMs[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a request and returns the headers of its answer. Throws the 429. */
  take(request: Request): Readonly<Record<string, string>> {
    if (this.invalidRequests() >= BAN.requests)
      throw new Refusal(429, 0, 'You are being blocked: error 1015');
    if (!this.enabled) return {};
    if (request.globally) this.#takeGlobally(request.token);
    const limit = this.buckets.get(request.route) ?? USUAL;
    const key = `${request.route} ${request.major} ${limit.scope === 'shared' ? '' : request.token}`;
    const recent = this.#recent(key, limit.perMs);
    const first = recent[0];
    const now = this.#clock.now();
    const left = limit.requests - recent.length;
    const resetMs = (first ?? now) + limit.perMs - now;
    const headers = {
      'x-ratelimit-limit': String(limit.requests),
      'x-ratelimit-remaining': String(Math.max(0, left - 1)),
      'x-ratelimit-reset': String((now + resetMs) / 1000),
      'x-ratelimit-reset-after': String(resetMs / 1000),
      'x-ratelimit-bucket': createHash('md5').update(request.route).digest('hex'),
    };
    if (left <= 0) throw rateLimited(resetMs / 1000, limit.scope ?? 'user', headers);
    this.#used.set(key, [...recent, now]);
    return headers;
  }

  /** An answer went out: 401, 403 and 429 (of the bot's own making) lead to a ban. */
  answered(status: number, scope: string | undefined): void {
    if (status === 401 || status === 403 || (status === 429 && scope !== 'shared'))
      this.#invalid.push(this.#clock.now());
  }

  /** How many there were in the last ten minutes; the address is banned at 10,000. */
  invalidRequests(): number {
    return this.#invalid.filter((at) => at > this.#clock.now() - BAN.perMs).length;
  }

  #takeGlobally(token: string): void {
    const key = `global ${token}`;
    const recent = this.#recent(key, GLOBAL.perMs);
    const now = this.#clock.now();
    if (recent.length >= GLOBAL.requests) {
      throw rateLimited(((recent[0] ?? now) + GLOBAL.perMs - now) / 1000, 'global');
    }
    this.#used.set(key, [...recent, now]);
  }

  #recent(key: string, perMs: number): readonly UtcMs[] {
    return (this.#used.get(key) ?? []).filter((at) => at > this.#clock.now() - perMs);
  }
}

/** The 429 of a bucket, or of all of them. */
export function rateLimited(
  retryAfterSeconds: number,
  scope: RateLimitScope,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const details = { retry_after: retryAfterSeconds, global: scope === 'global' };
  return new Refusal(429, 0, 'You are being rate limited.', details, {
    ...headers,
    'retry-after': String(retryAfterSeconds < 1 ? retryAfterSeconds : Math.ceil(retryAfterSeconds)),
    'x-ratelimit-scope': scope,
    ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}),
  });
}
