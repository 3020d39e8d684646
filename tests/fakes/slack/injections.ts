import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Changes } from './changes.ts';
import type { JsonObject } from './json.ts';

/** Before anything was done, or after all of it was. */
type When = 'before' | 'after';

/** What goes wrong with one request. */
export type Trouble =
  /** 429 with `retry-after`; nothing was done. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'http_error'; readonly status: number; readonly when: When }
  /** The connection breaks; of an upload or download also half-way through the bytes. */
  | { readonly kind: 'reset'; readonly when: When | 'midway' }
  /** The request is never answered. */
  | { readonly kind: 'silence'; readonly when: When }
  /** It goes on when the test calls `release`, or after so much time of the fake's clock; `midway` is for downloads. */
  | { readonly kind: 'slow'; readonly when: When | 'midway'; readonly ms?: number }
  /** `{ ok: false, error }`. */
  | { readonly kind: 'refused'; readonly error: string }
  /** A download answers with the login page, status 200, or sends there with 302. */
  | { readonly kind: 'login_page'; readonly redirect: boolean };

/** Short words for the usual troubles. */
export const trouble = {
  rateLimited: (retryAfterSeconds: number): Trouble => ({ kind: 'rate_limited', retryAfterSeconds }),
  serverError: (when: When, status = 500): Trouble => ({ kind: 'http_error', status, when }),
  reset: (when: When | 'midway'): Trouble => ({ kind: 'reset', when }),
  silence: (when: When): Trouble => ({ kind: 'silence', when }),
  slow: (when: When | 'midway' = 'before', ms?: number): Trouble => ({
    kind: 'slow',
    when,
    ...(ms === undefined ? {} : { ms }),
  }),
  refused: (error: string): Trouble => ({ kind: 'refused', error }),
  loginPage: (redirect = false): Trouble => ({ kind: 'login_page', redirect }),
} as const;

export interface InjectionOptions {
  /** How many requests it hits: one, unless told otherwise; `Infinity` until `stop`. */
  readonly times?: number;
  /** Only requests with such arguments. */
  readonly when?: (args: JsonObject) => boolean;
}

/** A trouble that lies in wait. */
export class Injection {
  readonly method: string;
  readonly trouble: Trouble;
  /** How many requests it has hit. */
  hits = 0;
  readonly #when: (args: JsonObject) => boolean;
  readonly #changes: Changes;
  readonly #released = Promise.withResolvers<void>();
  #left: number;

  constructor(method: string, what: Trouble, options: InjectionOptions, changes: Changes) {
    this.method = method;
    this.trouble = what;
    this.#left = options.times ?? 1;
    this.#when = options.when ?? (() => true);
    this.#changes = changes;
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
  take(method: string, args: JsonObject): boolean {
    if (this.#left <= 0 || (this.method !== '*' && this.method !== method) || !this.#when(args)) return false;
    this.#left -= 1;
    this.hits += 1;
    this.#changes.announce();
    return true;
  }

  async wait(clock: Clock, stopped: AbortSignal): Promise<void> {
    const { trouble: what } = this;
    if (what.kind !== 'slow') return;
    await Promise.race([
      this.#released.promise,
      ...(what.ms === undefined ? [] : [clock.sleep(what.ms, stopped)]),
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
   * Orders a trouble for a Web API method, for `upload`, `download` or `response_url`, or for `*`.
   * The oldest order that fits a request is taken.
   */
  inject(method: string, what: Trouble, options: InjectionOptions = {}): Injection {
    const injection = new Injection(method, what, options, this.#changes);
    this.#all.push(injection);
    return injection;
  }

  /** The trouble of this request, if any. */
  take(method: string, args: JsonObject): Injection | undefined {
    return this.#all.find((each) => each.take(method, args));
  }

  /** Forgets all orders and lets go on what is slow. */
  clear(): void {
    for (const each of this.#all.splice(0)) {
      each.stop();
      each.release();
    }
  }
}
