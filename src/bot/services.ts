import type { Logger } from 'pino';
import type { Clock } from '../core/ports/clock.ts';
import { withinMs } from './chat/within.ts';

/** What all services together may take to end, ms: whoever stops a bot gives it five seconds in all. */
const STOP_MS = 4_000;

/** Something that works until it is stopped. */
export interface Service {
  stop(): Promise<void>;
}

/** What works in a bot: groups that know nothing of each other, each with an order in which its services end. */
export class Services {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #groups: (readonly Service[])[] = [];

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** In the order in which they end. */
  add(...group: readonly Service[]): void {
    this.#groups.push(group);
  }

  /**
   * Ends all groups at the same time, each service after the one before it, whatever of it fails. What takes too long is
   * left behind: with the process, whatever it still does ends too. Returns what failed.
   */
  async stop(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    const groups = this.#groups.splice(0);
    let left = groups.length;
    const ended = groups.map(async (services) => {
      for (const service of services) {
        try {
          await service.stop();
        } catch (error) {
          failures.push(error);
        }
      }
      left -= 1;
    });
    await withinMs(Promise.all(ended), STOP_MS, this.#clock);
    if (left > 0) this.#logger.warn({ left, ms: STOP_MS }, 'not everything has ended in time; the bot stops');
    return failures;
  }
}
