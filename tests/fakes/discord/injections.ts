import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Changes } from '../slack/changes.ts';
import type { CallRecord } from './call-log.ts';
import { Refusal, refuse } from './refusal.ts';

/** Before anything was done, or after all of it was. */
type When = 'before' | 'after';

export type RateLimitScope = 'user' | 'global' | 'shared';

/** What goes wrong with one request. */
export type Trouble =
  /** 429; nothing was done. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number; readonly scope: RateLimitScope }
  | { readonly kind: 'http_error'; readonly status: number; readonly when: When }
  /** The connection breaks; of an upload or download also half-way through the bytes. */
  | { readonly kind: 'reset'; readonly when: When | 'midway' }
  /** The request is never answered; `midway` no further bytes move, and the connection breaks on `release`. */
  | { readonly kind: 'silence'; readonly when: When | 'midway' }
  /**
   * It goes on when the test calls `release`, or after so much time of the fake's clock; `midway` is half-way through the
   * bytes.
   */
  | { readonly kind: 'slow'; readonly when: When | 'midway'; readonly ms?: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Short words for the usual troubles. */
export const trouble = {
  rateLimited: (retryAfterSeconds: number, scope: RateLimitScope = 'user'): Trouble => ({
    kind: 'rate_limited',
    retryAfterSeconds,
    scope,
  }),
  serverError: (when: When, status = 500): Trouble => ({ kind: 'http_error', status, when }),
  reset: (when: When | 'midway'): Trouble => ({ kind: 'reset', when }),
  silence: (when: When | 'midway'): Trouble => ({ kind: 'silence', when }),
  slow: (when: When | 'midway' = 'before', ms?: number): Trouble => ({
    kind: 'slow',
    when,
    ...(ms === undefined ? {} : { ms }),
  }),
  refused: (status: number, code: number, message = 'Refused'): Trouble => ({
    kind: 'refused',
    refusal: new Refusal(status, code, message),
  }),
  /** 413 with 40005. */
  tooLarge: (): Trouble => ({ kind: 'refused', refusal: refuse.tooLarge() }),
  /** 429 with 30046. */
  oldEdits: (retryAfterSeconds: number): Trouble => ({
    kind: 'refused',
    refusal: refuse.oldEdits(retryAfterSeconds),
  }),
  /** 400 with 50083. */
  archived: (): Trouble => ({ kind: 'refused', refusal: refuse.archived() }),
} as const;

export interface InjectionOptions {
  /** How many requests it hits: one, unless told otherwise; `Infinity` until `stop`. */
  readonly times?: number;
  /** Only such requests. `body` and `files` are not known yet where the trouble comes midway. */
  readonly when?: (call: CallRecord) => boolean;
}

/** A trouble that lies in wait. */
export class Injection {
  readonly route: string;
  readonly trouble: Trouble;
  /** How many requests it has hit. */
  hits = 0;
  readonly #when: (call: CallRecord) => boolean;
  readonly #changes: Changes;
  readonly #released = Promise.withResolvers<void>();
  #left: number;

  constructor(route: string, what: Trouble, options: InjectionOptions, changes: Changes) {
    this.route = route;
    this.trouble = what;
    this.#left = options.times ?? 1;
    this.#when = options.when ?? (() => true);
    this.#changes = changes;
  }

  get isMidway(): boolean {
    return 'when' in this.trouble && this.trouble.when === 'midway';
  }

  /** Nothing more is hit. */
  stop(): void {
    this.#left = 0;
  }

  /** Lets go on whatever is slow. */
  release(): void {
    this.#released.resolve();
  }

  /** Resolves when it has hit so many requests. */
  async hit(times = 1): Promise<void> {
    await this.#changes.until(() => this.hits >= times);
  }

  /** Takes one of the hits that are left. */
  take(call: CallRecord): boolean {
    if (this.#left <= 0 || (this.route !== '*' && this.route !== call.route) || !this.#when(call))
      return false;
    this.#left -= 1;
    this.hits += 1;
    this.#changes.announce();
    return true;
  }

  async wait(clock: Clock, stopped: AbortSignal): Promise<void> {
    const { trouble: what } = this;
    if (what.kind !== 'slow' && what.kind !== 'silence') return;
    await Promise.race([
      this.#released.promise,
      ...('ms' in what && what.ms !== undefined ? [clock.sleep(what.ms, stopped)] : []),
    ]);
  }
}

/** The troubles that tests have ordered. */
export class Injections {
  readonly #changes: Changes;
  readonly #all: Injection[] = [];

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /**
   * Orders a trouble for a route as `implementedRoutes` has it, for `GET cdn`, or for `*`.
   * The oldest order that fits a request is taken.
   */
  inject(route: string, what: Trouble, options: InjectionOptions = {}): Injection {
    const injection = new Injection(route, what, options, this.#changes);
    this.#all.push(injection);
    return injection;
  }

  /** The trouble of this request, if any, other than those midway. */
  take(call: CallRecord): Injection | undefined {
    return this.#all.find((each) => !each.isMidway && each.take(call));
  }

  /** The trouble of this request while its bytes move. */
  takeMidway(call: CallRecord): Injection | undefined {
    return this.#all.find((each) => each.isMidway && each.take(call));
  }

  /** Forgets all orders and lets go on what is slow. */
  clear(): void {
    for (const each of this.#all.splice(0)) {
      each.stop();
      each.release();
    }
  }
}
