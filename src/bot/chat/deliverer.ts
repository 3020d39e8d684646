import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Card, ChatPort, ChatReference, UploadOutcome } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { isControl } from '../../core/runs/is-control.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { cardHash } from './card-hash.ts';
import type { ContactSheets } from './contact-sheets.ts';
import { type ControlPlan, NO_CONTROLS } from './control-plan.ts';
import { ControlPosts } from './control-posts.ts';
import type { EditBudget } from './edit-budget.ts';
import type { PathMask } from './path-mask.ts';
import type { Proxies } from './proxies.ts';
import { type Rung, rungOf } from './rungs.ts';
import { type Showing, type Wanted, withFile, withoutFile, withProxy } from './wanted.ts';

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

/** Ever smaller files that are tried after refusals for their size. */
const MAXIMUM_RUNGS = 4;

/** A duty, where it is to be shown, and what. */
export interface DueDelivery {
  readonly delivery: Delivery;
  readonly showing: Showing;
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
  readonly proxies: Pick<Proxies, 'of'>;
  readonly contactSheets: Pick<ContactSheets, 'of'>;
  readonly mask: PathMask;
}

/** The calls that bring one message up to date; each records what it has learnt, none remembers anything. */
export class Deliverer {
  readonly #parts: DelivererParts;
  readonly #controls: ControlPosts;
  readonly #corrections = new Map<string, number>();

  constructor(parts: DelivererParts) {
    this.#parts = parts;
    this.#controls = new ControlPosts(parts);
  }

  /** Sends it; afterwards the outcome is either recorded or unknown. */
  async post(due: DueDelivery): Promise<void> {
    const { store, port, clock } = this.#parts;
    const { delivery, content, showing } = due;
    const { id, key, subject } = delivery;
    const run = this.#runOf(due);
    const maxBytes = content.file && (await port.maxUploadBytes(showing.where));
    let rung = maxBytes === undefined ? undefined : await this.#rung(due, maxBytes);
    const plan = run === undefined ? NO_CONTROLS : await this.#plan(run, due);
    const twinsAt = port.capabilities.lateEffectMs > 0 ? clock.now() + TWINS_MS : undefined;
    store.deliveries.recordIntent(id, twinsAt);
    let isRefused = false;
    for (let tries = 0; rung !== undefined && tries < MAXIMUM_RUNGS; tries++) {
      const { bytes }: Rung = rung;
      const outcome = await this.#send(due, plan, rung);
      if (outcome.state === 'posted') return this.#shown(due, plan, outcome.reference, due.hash);
      if (outcome.state === 'unverified') return store.deliveries.defer(id, clock.now() + LOOK_INTERVAL_MS);
      this.#parts.logger.info({ delivery: key, outcome }, 'file not taken by the platform');
      isRefused = outcome.state === 'refused';
      // What was too large is never sent again: only something smaller is, or nothing.
      const most = outcome.state === 'too_large' ? Math.min(outcome.maxBytes, bytes - 1) : undefined;
      rung = most === undefined ? undefined : await this.#rung(due, most);
    }
    if (subject.purpose === 'output') return this.#leftOut(due, isRefused ? NO_CONTROLS : plan);
    // Where the result itself is refused, its controls would be too.
    const possible = isRefused ? { posted: [], leftOut: this.#controlsOf(due) } : plan;
    const card = content.file === undefined ? content.card : this.#cardWithoutFile(due, possible);
    const answered = subject.purpose === 'answer' ? subject.answered : undefined;
    const message = await port.post(key, showing.where, card, answered);
    this.#shown(due, possible, message, cardHash(card));
  }

  /** Looks for what was sent with unknown outcome; sends it again once it cannot arrive any more. */
  async look(due: DueDelivery): Promise<void> {
    const { store, port, clock } = this.#parts;
    const { id, intentAt = clock.now() } = due.delivery;
    const [first, ...twins] = await this.#find(due.delivery, due.showing.where);
    if (first !== undefined) {
      for (const twin of twins) await port.delete(twin);
      // A file's card is never edited, and not every platform can read it back.
      const shown = due.content.file === undefined ? await port.shown(first) : due.hash;
      if (shown === null) store.deliveries.close(id, 'gone');
      else await this.#recordFound(due, first, shown);
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

  /** What is shown, and the duty of what follows it. */
  #shown(due: DueDelivery, plan: ControlPlan, message: ChatReference, hash: string): void {
    const { store } = this.#parts;
    const { delivery } = due;
    store.write(() => {
      store.deliveries.recordShown(delivery.id, message, hash);
      // An answer never changes: one that was sent once is done, in the same transaction.
      if (delivery.subject.purpose === 'answer' && delivery.intentAt === undefined)
        return this.settle(delivery);
      const run = this.#runOf(due);
      if (run === undefined) return;
      if (delivery.subject.purpose === 'result') this.#controls.begin(delivery, run, plan);
      else this.#controls.goOn(delivery, run, plan);
    });
  }

  #leftOut(due: DueDelivery, plan: ControlPlan): void {
    this.#parts.store.write(() => {
      const run = this.#runOf(due);
      if (run === undefined) return;
      this.#controls.leaveOut(due.delivery, run);
      this.#controls.goOn(due.delivery, run, plan);
    });
  }

  /** What follows a result, or the further ones after a control video. */
  async #plan(run: Run, { showing }: DueDelivery): Promise<ControlPlan> {
    // With many results, what each was conditioned on would bury them.
    const isOneOfMany = this.#parts.api.requests.get(run.requestId)?.isBatch === true;
    return run.state === 'done' && !isOneOfMany ? await this.#controls.plan(run, showing) : NO_CONTROLS;
  }

  async #recordFound(due: DueDelivery, message: ChatReference, hash: string): Promise<void> {
    const run = this.#runOf(due);
    this.#shown(due, run === undefined ? NO_CONTROLS : await this.#plan(run, due), message, hash);
  }

  /** The run of a result, or of what follows it. */
  #runOf({ delivery: { subject } }: DueDelivery): Run | undefined {
    const isOfRun = subject.purpose === 'result' || subject.purpose === 'output';
    return isOfRun ? this.#parts.api.getRun(subject.runId) : undefined;
  }

  #controlsOf(due: DueDelivery): Run['outputs'] {
    return (this.#runOf(due)?.outputs ?? []).filter(isControl);
  }

  async #send(due: DueDelivery, plan: ControlPlan, rung: Rung): Promise<UploadOutcome> {
    await using file = rung;
    const card = this.#cardWithFile(due, plan, file);
    return await this.#parts.port.upload(due.delivery.key, due.showing.where, file, card);
  }

  async #rung(due: DueDelivery, maxBytes: number): Promise<Rung | undefined> {
    const { file } = due.content;
    const result = due.delivery.subject.purpose === 'result' ? this.#runOf(due) : undefined;
    return file && (await rungOf(file, result, maxBytes, this.#parts));
  }

  #cardWithFile(due: DueDelivery, { leftOut }: ControlPlan, { isProxy, bytes }: Rung): Card {
    const run = this.#runOf(due);
    if (run === undefined || due.delivery.subject.purpose !== 'result') return due.content.card;
    if (isProxy) {
      return this.#clipped(withProxy(run, this.#parts, due.showing, { leftOut, proxyBytes: bytes }));
    }
    if (leftOut.length === 0) return due.content.card;
    return this.#clipped(withFile(run, this.#parts, due.showing, leftOut));
  }

  /** The platform does not take the file: the card says where it lies. */
  #cardWithoutFile(due: DueDelivery, { leftOut }: ControlPlan): Card {
    const run = this.#runOf(due);
    if (run === undefined || !isFinished(run.state)) return due.content.card;
    return this.#clipped(withoutFile(run, this.#parts, due.showing, leftOut));
  }

  #clipped(card: Card): Card {
    return clipCard(this.#parts.mask.card(card), this.#parts.port.capabilities);
  }
}
