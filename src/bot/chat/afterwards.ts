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
  readonly #ending = new AbortController();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Failures are logged as `what`. `work` ends when the signal aborts that it is given. */
  do(what: string, work: (ended: AbortSignal) => Promise<void>): void {
    const { signal } = this.#ending;
    const done = work(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#logger.warn({ err: error }, what);
      })
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** What is not done in time is ended. */
  async stop(): Promise<void> {
    await withinMs(Promise.all(this.#underWay), STOP_MS, this.#clock);
    this.#ending.abort(new Error('the bot stops'));
  }
}
