import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { isRetryable, toCosmosError } from '../../core/errors.ts';
import type { ChatPort, ChatReference } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { backoff } from '../../core/runner/retry-policy.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import { Waiter, type Wakeup } from '../../core/wakeup.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import { resultCard } from '../thread-view/result-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { cardHash } from './card-hash.ts';
import { EditBudget } from './edit-budget.ts';
import { type Wanted, wanted } from './wanted.ts';

/** How far before the stored intent an earlier post is looked for, ms: clocks of platforms differ from ours. */
const FIND_MARGIN_MS = 60_000;
/** How long an upload of unknown outcome is given before it is looked for again, ms. */
const VERIFY_INTERVAL_MS = 2_000;

export interface ThreadSyncParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly port: ChatPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
}

/**
 * Makes the messages of one platform equal to what the runs and prompts say: one call in flight, latest content wins,
 * the final content is proved by reading it back. What is durable is the duty, never a queue of messages, so a restart
 * at any point only looks again.
 */
export class ThreadSync {
  readonly #parts: ThreadSyncParts;
  readonly #budget: EditBudget;
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  #loop: Promise<void> | undefined;

  constructor(parts: ThreadSyncParts) {
    this.#parts = parts;
    this.#budget = new EditBudget(parts.port.capabilities.edit);
  }

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  /** Shows what is due now once more, then ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#parts.wakeup.subscribe(this.#waiter.wake);
    try {
      while (!signal.aborted) await this.#waiter.wait(await this.syncAll(), signal);
      await this.syncAll();
    } finally {
      unsubscribe();
    }
  }

  /** One look at every open duty of the platform; returns when the next look is due, ms. */
  async syncAll(): Promise<number> {
    const { store, port, clock, logger } = this.#parts;
    let next = Number.POSITIVE_INFINITY;
    for (const delivery of store.deliveries.open()) {
      const thread = store.threads.get(delivery.thread);
      if (thread === undefined || thread.reference.platform !== port.platform) continue;
      const due = (delivery.nextTryAt ?? 0) - clock.now();
      if (due > 0) {
        next = Math.min(next, due);
        continue;
      }
      try {
        next = Math.min(next, await this.#sync(delivery, thread.reference));
      } catch (error) {
        const failure = toCosmosError(error);
        logger.warn({ delivery: delivery.key, err: failure }, 'thread could not be brought up to date');
        if (!isRetryable(failure.code)) {
          store.deliveries.close(delivery.id, 'undeliverable', failure.toProblem());
          continue;
        }
        const delay = backoff(delivery.tries);
        store.deliveries.recordFailure(delivery.id, failure.toProblem(), clock.now() + delay);
        next = Math.min(next, delay);
      }
    }
    return next;
  }

  /** Returns when this duty wants the next look, ms; `Infinity` where only a change can make one due. */
  async #sync(delivery: Delivery, where: ChatReference): Promise<number> {
    const { store, api, views, port } = this.#parts;
    const target = wanted(delivery.subject, api, views);
    if (target === undefined) return Number.POSITIVE_INFINITY;
    const content: Wanted = { ...target, card: clipCard(target.card, port.capabilities) };
    const hash = cardHash(content.card);
    if (delivery.message === undefined) return await this.#post(delivery, where, content, hash);
    if (delivery.shownHash !== hash && content.file === undefined) {
      return await this.#edit(delivery, delivery.message, content, hash);
    }
    if (!content.final) return Number.POSITIVE_INFINITY;
    await this.#settle(delivery, delivery.message, content, hash);
    return store.deliveries.isOpen(delivery.id) ? 0 : Number.POSITIVE_INFINITY;
  }

  /** After an unknown outcome it looks before it sends again: never zero messages, and no second one of its own. */
  async #post(delivery: Delivery, where: ChatReference, content: Wanted, hash: string): Promise<number> {
    const { store, port, clock } = this.#parts;
    const { id, key, intentAt } = delivery;
    if (intentAt !== undefined) {
      const found = await port.find(key, where, intentAt - FIND_MARGIN_MS);
      if (found !== null) {
        const shown = await port.shown(found);
        store.deliveries.recordShown(id, found, shown ?? '');
        return 0;
      }
    }
    store.deliveries.recordIntent(id);
    if (content.file === undefined) {
      store.deliveries.recordShown(id, await port.post(key, where, content.card), hash);
      return 0;
    }
    const outcome = await port.upload(key, where, content.file, content.card);
    switch (outcome.state) {
      case 'posted':
        store.deliveries.recordShown(id, outcome.reference, hash);
        return 0;
      case 'unverified':
        store.deliveries.defer(id, clock.now() + VERIFY_INTERVAL_MS);
        return VERIFY_INTERVAL_MS;
      case 'too_large': {
        const card = this.#withoutFile(delivery, content);
        store.deliveries.recordShown(id, await port.post(key, where, card), cardHash(card));
        return 0;
      }
    }
  }

  async #edit(delivery: Delivery, message: ChatReference, content: Wanted, hash: string): Promise<number> {
    const { store, port, clock } = this.#parts;
    const now = clock.now();
    const wait = this.#budget.waitMs(message, now - (delivery.intentAt ?? now), now);
    if (wait > 0) return wait;
    this.#budget.spend(message, now);
    const outcome = await port.edit(message, content.card);
    switch (outcome) {
      case 'edited':
        store.deliveries.recordShown(delivery.id, message, hash);
        return content.final ? 0 : Number.POSITIVE_INFINITY;
      case 'gone':
        store.deliveries.close(delivery.id, 'gone');
        return Number.POSITIVE_INFINITY;
      case 'throttled':
        return port.capabilities.edit.minIntervalMs;
    }
  }

  /** An edit that timed out can land after the last one: the final content is read back before the duty ends. */
  async #settle(delivery: Delivery, message: ChatReference, content: Wanted, hash: string): Promise<void> {
    const { store, port } = this.#parts;
    const shown = await port.shown(message);
    if (shown === null) store.deliveries.close(delivery.id, 'gone');
    else if (shown === delivery.shownHash || content.file !== undefined) store.deliveries.close(delivery.id, 'settled');
    else if (shown === hash) store.deliveries.recordShown(delivery.id, message, hash);
    else store.deliveries.recordShown(delivery.id, message, shown);
  }

  /** The platform does not take the file: the card says where it lies. */
  #withoutFile(delivery: Delivery, content: Wanted) {
    const { api, views, port } = this.#parts;
    const run = delivery.subject.purpose === 'result' ? api.getRun(delivery.subject.runId) : undefined;
    return run === undefined ? content.card : clipCard(resultCard(views.result(run)), port.capabilities);
  }
}
