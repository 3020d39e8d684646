import { stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Card, ChatPort, ChatReference, UploadFile } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import { resultCard } from '../thread-view/result-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { cardHash } from './card-hash.ts';
import type { EditBudget } from './edit-budget.ts';
import type { Wanted } from './wanted.ts';

/** How far before the stored intent an earlier post is looked for, ms: clocks of platforms differ from ours. */
const FIND_MARGIN_MS = 60_000;
/** Shortest time between two looks for a message of unknown outcome, ms; it grows with the age of the intent. */
const LOOK_INTERVAL_MS = 2_000;
/** An upload that was accepted and does not appear is sent again after this time, ms. */
const RESEND_UPLOAD_MS = 120_000;
/** What was sent twice is looked at once more after this time, ms. */
const TWINS_MS = 120_000;
/** Corrections of a final content after which it is believed, so that two bots cannot edit against each other for ever. */
const MAXIMUM_CORRECTIONS = 3;

/** A duty, where it is to be shown, and what. */
export interface DueDelivery {
  readonly delivery: Delivery;
  readonly where: ChatReference;
  readonly content: Wanted;
  readonly hash: string;
}

export interface DelivererParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly port: ChatPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly budget: EditBudget;
}

/** The calls that bring one message up to date; each records what it has learnt, none remembers anything. */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #corrections = new Map<string, number>();

  constructor(parts: DelivererParts) {
    this.#parts = parts;
  }

  /** Sends it; afterwards the outcome is either recorded or unknown. */
  async post(due: DueDelivery): Promise<void> {
    const { store, port, clock } = this.#parts;
    const { id, key, subject } = due.delivery;
    const { file } = due.content;
    const isTaken = file !== undefined && (await this.#isTaken(file, due.where));
    const twinsAt = port.capabilities.lateEffectMs > 0 ? clock.now() + TWINS_MS : undefined;
    store.deliveries.recordIntent(id, twinsAt);
    if (file !== undefined && isTaken) {
      const outcome = await port.upload(key, due.where, file, due.content.card);
      if (outcome.state === 'posted') return store.deliveries.recordShown(id, outcome.reference, due.hash);
      if (outcome.state === 'unverified') return store.deliveries.defer(id, clock.now() + LOOK_INTERVAL_MS);
      this.#parts.logger.info({ delivery: key, outcome }, 'file not taken by the platform');
    }
    const card = file === undefined ? due.content.card : this.#withoutFile(due);
    const answered = subject.purpose === 'answer' ? subject.answered : undefined;
    const message = await port.post(key, due.where, card, answered);
    store.deliveries.recordShown(id, message, cardHash(card));
  }

  /** Looks for what was sent with unknown outcome; sends it again once it cannot arrive any more. */
  async look(due: DueDelivery): Promise<void> {
    const { store, port, clock } = this.#parts;
    const { id, intentAt = clock.now() } = due.delivery;
    const [first, ...twins] = await this.#find(due.delivery, due.where);
    if (first !== undefined) {
      for (const twin of twins) await port.delete(twin);
      // A file's card is never edited, and not every platform can read it back.
      const shown = due.content.file === undefined ? await port.shown(first) : due.hash;
      if (shown === null) store.deliveries.close(id, 'gone');
      else store.deliveries.recordShown(id, first, shown);
      return;
    }
    const { uploadNeedsVerification, lateEffectMs } = port.capabilities;
    const isSlow = due.content.file !== undefined && uploadNeedsVerification;
    const now = clock.now();
    const remaining = intentAt + (isSlow ? RESEND_UPLOAD_MS : lateEffectMs) - now;
    if (remaining <= 0) return await this.post(due);
    const interval = Math.max(LOOK_INTERVAL_MS, (now - intentAt) / 4);
    store.deliveries.defer(id, now + Math.min(remaining, interval));
  }

  async edit({ delivery, content, hash }: DueDelivery, message: ChatReference): Promise<void> {
    const { store, port, clock, budget } = this.#parts;
    store.deliveries.recordEditing(delivery.id);
    const outcome = await port.edit(message, content.card);
    switch (outcome.state) {
      case 'edited':
        store.deliveries.recordShown(delivery.id, message, hash);
        break;
      case 'gone':
        store.deliveries.close(delivery.id, 'gone');
        break;
      case 'throttled':
        budget.block(message, clock.now() + outcome.retryAfterMs);
    }
  }

  /** Never zero messages: a duplicate goes only after the one that is kept is known. */
  async deleteTwins(delivery: Delivery, where: ChatReference, message: ChatReference): Promise<void> {
    const { store, port } = this.#parts;
    for (const found of await this.#find(delivery, where)) {
      if (found.message !== message.message) await port.delete(found);
    }
    store.deliveries.recordNoTwins(delivery.id);
  }

  async readBack({ delivery, hash }: DueDelivery, message: ChatReference): Promise<void> {
    const { store, port, logger } = this.#parts;
    const shown = await port.shown(message);
    if (shown === null) return store.deliveries.close(delivery.id, 'gone');
    const corrections = this.#corrections.get(delivery.id) ?? 0;
    if (shown !== hash && corrections < MAXIMUM_CORRECTIONS) {
      this.#corrections.set(delivery.id, corrections + 1);
      store.deliveries.recordShown(delivery.id, message, shown);
      return;
    }
    if (shown !== hash) logger.warn({ delivery: delivery.key }, 'message does not stay as it was edited');
    this.settle(delivery);
  }

  settle(delivery: Delivery): void {
    this.#corrections.delete(delivery.id);
    this.#parts.store.deliveries.close(delivery.id, 'settled');
  }

  async #find(delivery: Delivery, where: ChatReference): Promise<readonly ChatReference[]> {
    const since = delivery.firstIntentAt ?? delivery.intentAt ?? this.#parts.clock.now();
    return await this.#parts.port.find(delivery.key, where, since - FIND_MARGIN_MS);
  }

  /** The limit is asked at run time; a file that somebody has removed is not sent either. */
  async #isTaken(file: UploadFile, where: ChatReference): Promise<boolean> {
    const found = await stat(file.path).catch(() => undefined);
    return found !== undefined && found.size <= (await this.#parts.port.maxUploadBytes(where));
  }

  /** The platform does not take the file: the card says where it lies. */
  #withoutFile({ delivery, content }: DueDelivery): Card {
    const { api, views, port } = this.#parts;
    const run = delivery.subject.purpose === 'result' ? api.getRun(delivery.subject.runId) : undefined;
    return run === undefined
      ? content.card
      : clipCard(resultCard(views.result(run, port.capabilities)), port.capabilities);
  }
}
