import type { Logger } from 'pino';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { type CosmosError, toCosmosError } from '../../core/errors.ts';
import type { DeliveryId } from '../../core/ids.ts';
import type { ChatPort } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { backoff } from '../../core/runner/retry-policy.ts';
import type { Delivery } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import type { ThreadRecord } from '../../core/store/threads.ts';
import { Waiter, type Wakeup } from '../../core/wakeup.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { CallRoom, MAXIMUM_CALLS, MAXIMUM_UPLOADS } from './call-room.ts';
import { cardHash } from './card-hash.ts';
import type { ContactSheets } from './contact-sheets.ts';
import { Deliverer, type DueDelivery } from './deliverer.ts';
import { type DeliveryStep, nextStep } from './delivery-step.ts';
import { EditBudget } from './edit-budget.ts';
import type { PathMask } from './path-mask.ts';
import type { Proxies } from './proxies.ts';
import { sayElsewhere } from './say-elsewhere.ts';
import { NOTHING_EVER, type Showing, type Wanted, wanted } from './wanted.ts';
import { withinMs } from './within.ts';

/** What `stop` waits for calls that are under way, ms. */
const STOP_MS = 3_000;

export interface ThreadSyncParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly port: ChatPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
  readonly proxies: Pick<Proxies, 'of'>;
  readonly contactSheets: Pick<ContactSheets, 'of'>;
  /** Over the paths of the operator in what is shown. */
  readonly mask: PathMask;
  /** Ids of channels in which people want to read less. */
  readonly quietChannels?: ReadonlySet<string>;
}

type Act = Exclude<DeliveryStep['kind'], 'rest' | 'wait'>;

interface Task {
  readonly delivery: Delivery;
  readonly thread: ThreadRecord;
  readonly content: Wanted | undefined;
  readonly hash: string | undefined;
  readonly act: Act;
}

interface Call {
  readonly done: Promise<void>;
  /** Cards are posted into a thread one after the other, in the order of their duties. */
  readonly postsInto?: ThreadRecord['id'];
  readonly isUpload: boolean;
}

/**
 * Makes the messages of one platform equal to what the runs and prompts say: one call in flight for each message, latest
 * content wins, the final content is proved by reading it back. What is durable is the duty, never a queue of messages,
 * so a restart at any point only looks again.
 */
export class ThreadSync {
  readonly #parts: ThreadSyncParts;
  readonly #budget: EditBudget;
  readonly #deliverer: Deliverer;
  readonly #calls = new Map<DeliveryId, Call>();
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  #loop: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: ThreadSyncParts) {
    this.#parts = parts;
    this.#budget = new EditBudget(parts.port.capabilities.edit);
    this.#deliverer = new Deliverer({ ...parts, budget: this.#budget });
  }

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  /** Shows what is due now once more, then ends; a call that does not end in time is left to itself. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await withinMs(this.syncAll(), STOP_MS, this.#parts.clock);
    this.#isStopped = true;
  }

  /** Does all that is due now, and waits for it; returns when the next look is due, ms. */
  async syncAll(): Promise<number> {
    while (!this.#isStopped) {
      const next = this.#begin();
      if (this.#calls.size === 0) return next;
      await Promise.all([...this.#calls.values()].map(({ done }) => done));
    }
    return Number.POSITIVE_INFINITY;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#parts.wakeup.subscribe(this.#waiter.wake);
    try {
      while (!signal.aborted) await this.#waiter.wait(this.#begin(), signal);
    } finally {
      unsubscribe();
    }
  }

  /** Begins what is due and not under way; returns when the next look is due, ms. */
  #begin(): number {
    const { deliveries } = this.#parts.store;
    let next = Number.POSITIVE_INFINITY;
    try {
      const tasks: Task[] = [];
      const room = new CallRoom([...this.#calls.values()]);
      for (const head of deliveries.heads()) {
        if (room.isFull) break;
        const delivery = this.#calls.has(head.id) || room.isTaken(head) ? undefined : deliveries.get(head.id);
        if (delivery === undefined) continue;
        const planned = this.#plan(delivery);
        if (typeof planned === 'number') next = Math.min(next, planned);
        else {
          tasks.push(planned);
          if (isPost(planned)) room.take({ isUpload: isUpload(planned), thread: planned.thread.id });
        }
      }
      for (const task of tasks.sort(byUrgency)) next = Math.min(next, this.#start(task));
      return next;
    } catch (error) {
      // The store is busy or its disk is full: nothing is lost by looking again.
      this.#parts.logger.error({ err: toCosmosError(error) }, 'threads could not be looked at');
      return backoff(0);
    }
  }

  /** What the duty needs now, or how long it needs nothing, ms. */
  #plan(delivery: Delivery): Task | number {
    const { store, port, clock, mask } = this.#parts;
    const thread = store.threads.get(delivery.thread);
    if (thread?.reference.platform !== port.platform || this.#calls.has(delivery.id)) {
      return Number.POSITIVE_INFINITY;
    }
    if (port.serves?.(thread.reference.tenant) === false) return Number.POSITIVE_INFINITY;
    const now = clock.now();
    const wait = (delivery.nextTryAt ?? now) - now;
    if (wait > 0) return wait;
    try {
      if (this.#comesLater(delivery)) return Number.POSITIVE_INFINITY;
      const target = wanted(delivery.subject, this.#parts, this.#showing(thread));
      if (target === NOTHING_EVER)
        return { delivery, thread, content: undefined, hash: undefined, act: 'settle' };
      const content = target && { ...target, card: clipCard(mask.card(target.card), port.capabilities) };
      const hash = content && cardHash(content.card);
      const { lateEffectMs } = port.capabilities;
      const step = nextStep(delivery, content, hash, { now, lateEffectMs });
      if (step.kind === 'rest') return Number.POSITIVE_INFINITY;
      if (step.kind === 'wait') return step.ms;
      return { delivery, thread, content, hash, act: step.kind };
    } catch (error) {
      return this.#failed(delivery, thread, toCosmosError(error));
    }
  }

  /** The end of a request is said after its results: each of them wakes this. */
  #comesLater({ subject, thread }: Delivery): boolean {
    const { deliveries } = this.#parts.store;
    return subject.purpose === 'request_end' && deliveries.isResultUnposted(subject.requestId, thread);
  }

  #showing({ reference: where }: ThreadRecord): Showing {
    const { port, quietChannels } = this.#parts;
    const { localFiles } = port.capabilities;
    return { where, localFiles, isQuiet: quietChannels?.has(where.channel) ?? false };
  }

  /** Begins the call unless it has to wait; returns when to look again, ms. */
  #start(task: Task): number {
    const { delivery, thread } = task;
    const calls = [...this.#calls.values()];
    if (calls.length >= MAXIMUM_CALLS) return Number.POSITIVE_INFINITY;
    if (isUpload(task) && calls.filter((call) => call.isUpload).length >= MAXIMUM_UPLOADS)
      return Number.POSITIVE_INFINITY;
    const postsInto = isPost(task) && !isUpload(task) ? thread.id : undefined;
    if (postsInto !== undefined && calls.some((call) => call.postsInto === postsInto))
      return Number.POSITIVE_INFINITY;
    if (task.act === 'edit') {
      const now = this.#parts.clock.now();
      const { intentAt = now, shownAt = 0, message = thread.reference } = delivery;
      const wait = this.#budget.waitMs({ where: message, postedAt: intentAt, shownAt }, now);
      if (wait > 0) return wait;
      this.#budget.spend(message, now);
    }
    const done = this.#call(task).finally(() => {
      this.#calls.delete(delivery.id);
      this.#waiter.wake();
    });
    this.#calls.set(delivery.id, { done, isUpload: isUpload(task), ...(postsInto && { postsInto }) });
    return Number.POSITIVE_INFINITY;
  }

  async #call(task: Task): Promise<void> {
    try {
      await this.#act(task);
    } catch (error) {
      // Whatever came of it is found out after the next start.
      if (!this.#isStopped) this.#failed(task.delivery, task.thread, toCosmosError(error));
    }
  }

  async #act({ act, delivery, thread, content, hash }: Task): Promise<void> {
    const deliverer = this.#deliverer;
    const { message } = delivery;
    if (act === 'settle') return deliverer.settle(delivery);
    if (act === 'delete_twins' && message !== undefined) {
      return await deliverer.deleteTwins(delivery, thread.reference, message);
    }
    if (content === undefined || hash === undefined) return;
    const due: DueDelivery = { delivery, showing: this.#showing(thread), content, hash };
    if (act === 'post') return await deliverer.post(due);
    if (act === 'look') return await deliverer.look(due);
    if (message === undefined) return;
    if (act === 'edit') return await deliverer.edit(due, message);
    return await deliverer.readBack(due, message);
  }

  /** Ends the duty where the place is gone or forbidden; everything else is tried for ever. Returns the wait, ms. */
  #failed(delivery: Delivery, thread: ThreadRecord, failure: CosmosError): number {
    const { store, clock, logger } = this.#parts;
    logger.warn({ delivery: delivery.key, err: failure }, 'thread could not be brought up to date');
    try {
      if (failure.code === 'chat.place_gone' || failure.code === 'chat.not_permitted') {
        store.write(() => {
          const state = failure.code === 'chat.place_gone' ? 'gone' : 'undeliverable';
          store.deliveries.close(delivery.id, state, failure.toProblem());
          sayElsewhere(store, delivery, thread, failure.toProblem());
        });
        return 0;
      }
      const delay = backoff(delivery.tries);
      store.deliveries.recordFailure(delivery.id, failure.toProblem(), clock.now() + delay);
      return delay;
    } catch (error) {
      logger.error({ delivery: delivery.key, err: toCosmosError(error) }, 'failure could not be recorded');
      return backoff(delivery.tries);
    }
  }
}

function isPost({ act }: Task): boolean {
  return act === 'post' || act === 'look';
}

function isUpload(task: Task): boolean {
  return isPost(task) && task.content?.file !== undefined;
}

/** New messages first, then what is final; of the rest the one that has waited longest, so that none starves. */
function byUrgency(one: Task, other: Task): number {
  return rank(one) - rank(other) || (one.delivery.shownAt ?? 0) - (other.delivery.shownAt ?? 0);
}

function rank({ act, content }: Task): number {
  if (act !== 'edit') return 0;
  return content?.final === true ? 1 : 2;
}
