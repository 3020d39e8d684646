import type { Logger } from 'pino';
import { isRetryable, toCosmosError } from '../../core/errors.ts';
import type { Card, ChatPort, Inbound } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { backoff } from '../../core/runner/retry-policy.ts';
import type { Store } from '../../core/store/store.ts';
import { Waiter, type Wakeup } from '../../core/wakeup.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import type { InboundHandler } from './inbound-handler.ts';

export interface InboxWorkerParts {
  readonly store: Store;
  readonly port: ChatPort;
  readonly handler: InboundHandler;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
}

/**
 * Works off what came in from one platform, one event after the other. An event is durable before it is acknowledged;
 * its answer and its completion are one transaction, and its effect is keyed by it, so doing it again changes nothing.
 */
export class InboxWorker {
  readonly #parts: InboxWorkerParts;
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  #loop: Promise<void> | undefined;

  constructor(parts: InboxWorkerParts) {
    this.#parts = parts;
  }

  /** Resolves once the event is durable. */
  readonly receive = async (event: Inbound): Promise<void> => {
    if (this.#parts.store.inbox.add(event)) this.#waiter.wake();
  };

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const [event] = this.#parts.store.inbox.open(this.#parts.port.platform);
      if (event === undefined) {
        await this.#waiter.wait(Number.POSITIVE_INFINITY, signal);
        continue;
      }
      failures = (await this.#work(event)) ? 0 : failures + 1;
      if (failures > 0) await this.#waiter.wait(backoff(failures - 1), signal);
    }
  }

  /** False where the event has to be tried again. */
  async #work(event: Inbound): Promise<boolean> {
    const { handler, logger } = this.#parts;
    try {
      this.#complete(event, await handler.handle(event));
      return true;
    } catch (error) {
      const failure = toCosmosError(error);
      logger.error({ event: event.dedupeKey, err: failure }, 'event could not be handled');
      if (isRetryable(failure.code)) return false;
      this.#complete(event, problemCard([failure.toProblem()]));
      return true;
    }
  }

  #complete(event: Inbound, answer: Card | undefined): void {
    const { store, wakeup } = this.#parts;
    store.write(() => {
      if (answer !== undefined) {
        const thread = store.threads.ensure(event.where);
        store.deliveries.ensure(`answer:${event.dedupeKey}`, thread.id, { purpose: 'answer', card: answer });
      }
      store.inbox.complete(event.dedupeKey);
    });
    wakeup.notify();
  }
}
