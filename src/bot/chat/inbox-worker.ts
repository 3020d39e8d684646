import type { Logger } from 'pino';
import { type CosmosError, isRetryable, toCosmosError } from '../../core/errors.ts';
import type { ChatPort, Inbound, Receive } from '../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../core/ports/clock.ts';
import { backoff } from '../../core/runner/retry-policy.ts';
import type { InboxReceiver } from '../../core/store/inbox-receiver.ts';
import type { Store } from '../../core/store/store.ts';
import { Waiter, type Wakeup } from '../../core/wakeup.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import type { Answer, InboundHandler } from './inbound-handler.ts';
import { withinMs } from './within.ts';

/** Events that are worked on at a time, of which uploads: these may take minutes, a command must not wait for them. */
const MAXIMUM_EVENTS = 8;
const MAXIMUM_UPLOADS = 4;
/** Tries after which a person is told instead: about an hour. */
const MAXIMUM_TRIES = 64;
/** What `stop` waits for events that are worked on, ms. */
const STOP_MS = 3_000;

export interface InboxWorkerParts {
  readonly store: Store;
  readonly receiver: InboxReceiver;
  readonly port: ChatPort;
  readonly handler: InboundHandler;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
}

interface Work {
  readonly line: string;
  readonly isUpload: boolean;
  readonly done: Promise<void>;
}

interface Retry {
  readonly tries: number;
  readonly at: UtcMs;
}

/**
 * Works off what came in from one platform: what one person says in one place in order, everything else at the same
 * time. An event is durable before it is acknowledged, and stays until its effect and answer are.
 */
export class InboxWorker {
  readonly #parts: InboxWorkerParts;
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  /** By dedupe key. */
  readonly #working = new Map<string, Work>();
  readonly #retries = new Map<string, Retry>();
  /** Came in since the start: the others may have been begun by an earlier process. */
  readonly #fresh = new Set<string>();
  #loop: Promise<void> | undefined;

  constructor(parts: InboxWorkerParts) {
    this.#parts = parts;
  }

  readonly receive: Receive = async (event) => {
    if (this.#parts.receiver.add(event)) this.#fresh.add(event.dedupeKey);
    this.#waiter.wake();
  };

  /** Looks now: what the port serves may have changed. */
  readonly look = (): void => this.#waiter.wake();

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  /** What is not done in time stays in the inbox, and is done after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await withinMs(this.#idle(), STOP_MS, this.#parts.clock);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#waiter.wait(this.#begin(signal), signal);
  }

  async #idle(): Promise<void> {
    await Promise.all([...this.#working.values()].map(({ done }) => done));
  }

  /** Begins all that can be begun; returns when to look again, ms. */
  #begin(signal: AbortSignal): number {
    const { store, port, clock, logger } = this.#parts;
    let next = Number.POSITIVE_INFINITY;
    try {
      for (const event of store.inbox.open(port.platform)) {
        if (port.serves?.(event.where.tenant) === false || this.#working.has(event.dedupeKey)) continue;
        const wait = (this.#retries.get(event.dedupeKey)?.at ?? 0) - clock.now();
        if (wait > 0) next = Math.min(next, wait);
        else if (this.#hasRoom(event)) this.#start(event, signal);
      }
      return next;
    } catch (error) {
      logger.error({ err: toCosmosError(error) }, 'inbox could not be read');
      return backoff(0);
    }
  }

  #hasRoom(event: Inbound): boolean {
    const working = [...this.#working.values()];
    const line = lineOf(event);
    if (working.length >= MAXIMUM_EVENTS || working.some((work) => work.line === line)) return false;
    return event.kind !== 'upload' || working.filter(({ isUpload }) => isUpload).length < MAXIMUM_UPLOADS;
  }

  #start(event: Inbound, signal: AbortSignal): void {
    const { dedupeKey } = event;
    const done = this.#work(event, signal).finally(() => {
      this.#working.delete(dedupeKey);
      this.#waiter.wake();
    });
    this.#working.set(dedupeKey, { done, line: lineOf(event), isUpload: event.kind === 'upload' });
  }

  async #work(event: Inbound, signal: AbortSignal): Promise<void> {
    const isRepeated = !this.#fresh.has(event.dedupeKey) || this.#retries.has(event.dedupeKey);
    const complete = (answer: Answer): void => this.#complete(event, answer);
    try {
      await this.#parts.handler.handle(event, { isRepeated, signal, complete });
    } catch (error) {
      if (!signal.aborted) this.#failed(event, toCosmosError(error));
    }
  }

  /** Infrastructure that fails is tried again; everything else is told. */
  #failed(event: Inbound, failure: CosmosError): void {
    const { clock, logger } = this.#parts;
    const { dedupeKey } = event;
    const { tries } = this.#retries.get(dedupeKey) ?? { tries: 0 };
    logger.error({ event: dedupeKey, tries, err: failure }, 'event could not be handled');
    const isTold = !isRetryable(failure.code) || tries >= MAXIMUM_TRIES;
    if (isTold && this.#tell(event, failure)) return;
    this.#retries.set(dedupeKey, { tries: tries + 1, at: clock.now() + backoff(tries) });
  }

  /** False where not even that can be stored now. */
  #tell(event: Inbound, failure: CosmosError): boolean {
    try {
      this.#complete(event, { card: problemCard([failure.toProblem()]) });
      return true;
    } catch (error) {
      this.#parts.logger.error(
        { event: event.dedupeKey, err: toCosmosError(error) },
        'answer could not be stored',
      );
      return false;
    }
  }

  /** Joins the transaction of the effect where there is one. */
  #complete({ dedupeKey, where, user }: Inbound, { card, thread, isPrivate = false }: Answer): void {
    const { store, wakeup } = this.#parts;
    store.write(() => {
      if (card !== undefined) {
        const place = thread ?? store.threads.ensure(where).id;
        const answered = { event: dedupeKey, user: user.id, ...(isPrivate && { alone: true }) };
        store.deliveries.ensure(`answer:${dedupeKey}`, place, { purpose: 'answer', card, answered });
      }
      store.inbox.complete(dedupeKey);
    });
    this.#fresh.delete(dedupeKey);
    this.#retries.delete(dedupeKey);
    wakeup.notify();
  }
}

/** What shares a line is worked off in order: somebody who sends a video and then runs it means that video. */
function lineOf({ where: { tenant, channel, thread = '' }, user }: Inbound): string {
  return JSON.stringify([tenant, channel, thread, user.id]);
}
