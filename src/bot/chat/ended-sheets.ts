import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { toCosmosError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/store/store.ts';
import { Waiter, type Wakeup } from '../../core/wakeup.ts';
import { type ContactSheets, picturedOutput } from './contact-sheets.ts';

/** So many are looked for at a time. */
const AT_A_TIME = 20;
/** When it is tried again after the store could not be read or written, ms. */
const RETRY_MS = 30_000;

export interface EndedSheetsParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly sheets: Pick<ContactSheets, 'of'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
}

/**
 * Makes the contact sheet of each request whose last run has ended, whoever has asked for it and wherever it is shown: to
 * be started with the lanes. What an earlier process has left off is made by the next one.
 */
export class EndedSheets {
  readonly #parts: EndedSheetsParts;
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  #running: Promise<void> | undefined;

  constructor(parts: EndedSheetsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the bot stops'));
    await this.#running;
  }

  /** Makes what is to be made now. Throws where the store cannot be read or written. */
  async settle(signal: AbortSignal = this.#stopping.signal): Promise<void> {
    const { store, api, sheets, clock } = this.#parts;
    while (!signal.aborted) {
      const ended = store.requests.withoutSheet(AT_A_TIME);
      if (ended.length === 0) return;
      for (const request of ended) {
        if (signal.aborted) return;
        const hasPicture = api.requests
          .wholeOf(request)
          .some(({ outputs }) => picturedOutput(outputs) !== undefined);
        if (hasPicture) await sheets.of(request);
        store.requests.settleSheet(request.id, clock.now());
      }
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { wakeup, logger } = this.#parts;
    const unsubscribe = wakeup.subscribe(this.#waiter.wake);
    try {
      while (!signal.aborted) {
        let next = Number.POSITIVE_INFINITY;
        try {
          await this.settle(signal);
        } catch (error) {
          if (signal.aborted) return;
          logger.warn({ err: toCosmosError(error) }, 'contact sheets could not be settled');
          next = RETRY_MS;
        }
        await this.#waiter.wait(next, signal);
      }
    } finally {
      unsubscribe();
    }
  }
}
