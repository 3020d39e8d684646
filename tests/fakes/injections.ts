import type { Clock } from '../../src/core/ports/clock.ts';
import type { Changes } from './slack/changes.ts';

/** Before anything was done, or after all of it was. */
type When = 'before' | 'after';

/** What goes wrong with one request, on every platform. */
export type UsualTrouble =
  | { readonly kind: 'http_error'; readonly status: number; readonly when: When }
  /** The connection breaks; of an upload or download also half-way through the bytes. */
  | { readonly kind: 'reset'; readonly when: When | 'midway' }
  /** The request is never answered; `midway` no further bytes move, and the connection breaks on `release`. */
  | { readonly kind: 'silence'; readonly when: When | 'midway' }
  /**
   * It goes on when the test calls `release`, or after so much time of the fake's clock; `midway` is half-way through the
   * bytes.
   */
  | { readonly kind: 'slow'; readonly when: When | 'midway'; readonly ms?: number };

/** Short words for the usual troubles. */
export const usualTrouble = {
  serverError: (when: When, status = 500): UsualTrouble => ({ kind: 'http_error', status, when }),
  reset: (when: When | 'midway'): UsualTrouble => ({ kind: 'reset', when }),
  silence: (when: When | 'midway'): UsualTrouble => ({ kind: 'silence', when }),
  slow: (when: When | 'midway' = 'before', ms?: number): UsualTrouble => ({
    kind: 'slow',
    when,
    ...(ms === undefined ? {} : { ms }),
  }),
} as const;

export interface InjectionOptions<Call> {
  /** How many requests it hits: one, unless told otherwise; `Infinity` until `stop`. */
  readonly times?: number;
  /** Only such requests. */
  readonly when?: (call: Call) => boolean;
}

type AnyTrouble = UsualTrouble | { readonly kind: string; readonly when?: never };

/** A trouble that lies in wait for calls of one name. */
export class Injection<Trouble extends AnyTrouble, Call> {
  readonly name: string;
  readonly trouble: Trouble;
  /** How many requests it has hit. */
  hits = 0;
  readonly #when: (call: Call) => boolean;
  readonly #changes: Changes;
  readonly #released = Promise.withResolvers<void>();
  #left: number;

  constructor(name: string, what: Trouble, options: InjectionOptions<Call>, changes: Changes) {
    this.name = name;
    this.trouble = what;
    this.#left = options.times ?? 1;
    this.#when = options.when ?? (() => true);
    this.#changes = changes;
  }

  get isMidway(): boolean {
    return this.trouble.when === 'midway';
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
  take(name: string, call: Call): boolean {
    if (this.#left <= 0 || (this.name !== '*' && this.name !== name) || !this.#when(call)) return false;
    this.#left -= 1;
    this.hits += 1;
    this.#changes.announce();
    return true;
  }

  async wait(clock: Clock, stopped: AbortSignal): Promise<void> {
    const what = this.trouble;
    if (what.kind !== 'slow' && what.kind !== 'silence') return;
    await Promise.race([
      this.#released.promise,
      ...('ms' in what && typeof what.ms === 'number' ? [clock.sleep(what.ms, stopped)] : []),
    ]);
  }
}

/** The troubles that tests have ordered. */
export class Injections<Trouble extends AnyTrouble, Call> {
  readonly #changes: Changes;
  readonly #all: Injection<Trouble, Call>[] = [];

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** Orders a trouble for calls of this name, or for `*`. The oldest order that fits a request is taken. */
  inject(name: string, what: Trouble, options: InjectionOptions<Call> = {}): Injection<Trouble, Call> {
    const injection = new Injection<Trouble, Call>(name, what, options, this.#changes);
    this.#all.push(injection);
    return injection;
  }

  /** The trouble of this request, if any; where it matters, only one of those that come midway, or none of them. */
  take(name: string, call: Call, isMidway?: boolean): Injection<Trouble, Call> | undefined {
    return this.#all.find(
      (each) => (isMidway === undefined || each.isMidway === isMidway) && each.take(name, call),
    );
  }

  /** Forgets all orders and lets go on what is slow. */
  clear(): void {
    for (const each of this.#all.splice(0)) {
      each.stop();
      each.release();
    }
  }
}
