import type { Clock, UtcMs } from '../../core/ports/clock.ts';

/** Slack takes answers at such an address for 30 minutes, five at most; a margin for what is under way. */
const LIFE_MS = 29 * 60_000;
const MAXIMUM_USES = 5;

interface ResponseUrl {
  readonly url: string;
  readonly until: UtcMs;
  uses: number;
}

/**
 * The addresses at which single events can be answered, also in channels where the bot is no member. In memory only:
 * they outlive nothing, and after a restart the answer goes the usual way.
 */
export class ResponseUrls {
  readonly #clock: Clock;
  readonly #byEvent = new Map<string, ResponseUrl>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * `event` is the `dedupeKey` under which the event is received.
   * @param since when Slack gave the address, where that was earlier
   */
  remember(event: string, url: string, since: UtcMs = this.#clock.now()): void {
    const now = this.#clock.now();
    // In the order in which they came: the first that still lives ends the search.
    for (const [key, { until }] of this.#byEvent) {
      if (until > now) break;
      this.#byEvent.delete(key);
    }
    this.#byEvent.set(event, { url, until: since + LIFE_MS, uses: 0 });
  }

  /** The address for one answer to the event; undefined where none is known or left. */
  take(event: string): string | undefined {
    const known = this.#byEvent.get(event);
    if (known === undefined || known.until <= this.#clock.now() || known.uses >= MAXIMUM_USES)
      return undefined;
    known.uses += 1;
    return known.url;
  }
}
