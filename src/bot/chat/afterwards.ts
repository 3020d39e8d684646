import type { Logger } from 'pino';
import type { Clock } from '../../core/ports/clock.ts';
import { withinMs } from './within.ts';

/** What a stop waits for work that is under way, ms. */
const STOP_MS = 1_000;

/** Work that nobody who waits for an acknowledgement has to wait for. */
export class Afterwards {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #underWay = new Set<Promise<void>>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Failures are logged as `what`. */
  do(what: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => this.#logger.warn({ err: error }, what))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async stop(): Promise<void> {
    await withinMs(Promise.all(this.#underWay), STOP_MS, this.#clock);
  }
}
