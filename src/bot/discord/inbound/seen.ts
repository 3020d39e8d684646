import type { Clock, UtcMs } from '../../../core/ports/clock.ts';
import { snowflakeAt } from './place.ts';

/** Where the mark is kept between two lives of the bot. */
export interface SeenMark {
  read(): string | undefined;
  write(snowflake: string): void;
}

/**
 * What is not older than this may still be under way on a connection that looks alive and is dead: two heartbeats, ms.
 */
const MARGIN_MS = 2 * 60_000;

/** Up to which message everything is durable: from there on a new session looks for what it has missed. */
export class Seen {
  readonly #mark: SeenMark;
  readonly #clock: Clock;
  /** What is not durable yet; the mark does not pass it. */
  readonly #held = new Map<symbol, string>();
  #written: string | undefined;
  #isListening = false;

  constructor(mark: SeenMark, clock: Clock) {
    this.#mark = mark;
    this.#clock = clock;
    this.#written = mark.read();
  }

  /** Where to look from; undefined where the bot has never listened. */
  get since(): string | undefined {
    return this.#written;
  }

  /** From now on everything arrives, and what was missed is held. */
  listen(): void {
    this.#isListening = true;
  }

  /** Nothing arrives: the mark stands until something does again. */
  pause(): void {
    this.#isListening = false;
  }

  /** Holds the mark before this message until the returned function is called. */
  hold(snowflake: string): () => void {
    const key = Symbol(snowflake);
    this.#held.set(key, snowflake);
    return () => this.#held.delete(key);
  }

  /** Moves the mark, never backwards. Throws as the store does. */
  write(now: UtcMs = this.#clock.now()): void {
    if (!this.#isListening) return;
    const reached = BigInt(snowflakeAt(now - MARGIN_MS));
    const held = [...this.#held.values()].map((each) => BigInt(each) - 1n);
    const next = held.reduce((least, each) => (each < least ? each : least), reached);
    if (this.#written !== undefined && next <= BigInt(this.#written)) return;
    this.#written = String(next);
    this.#mark.write(this.#written);
  }
}
