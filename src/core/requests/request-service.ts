import type { Principal } from '../access/principal.ts';
import type { LimitsConfig } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { PromptId, RequestId, RunId, ThreadId } from '../ids.ts';
import type { Models } from '../models/models.ts';
import { normalised, pick } from '../pick.ts';
import type { Clock } from '../ports/clock.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { RunChange, RunService } from '../runs/run-service.ts';
import type { CancelResult } from '../store/cancellation.ts';
import type { Store } from '../store/store.ts';
import type { Wakeup } from '../wakeup.ts';
import type { RunRequest } from './request.ts';
import { type PlannedRun, type RequestOrder, type RequestPlan, requestOf } from './request-plan.ts';
import { RequestPlanner } from './request-planner.ts';
import { RequestReader } from './request-reader.ts';

/** Matches that an ambiguous id is answered with. */
const LISTED_MATCHES = 6;

export interface RequestOptions {
  readonly priority?: number;
  /** Where it is shown; the threads of its prompts where absent. */
  readonly thread?: ThreadId;
  /** The same key again answers the same request. */
  readonly idempotencyKey?: string;
}

export interface RequestServiceParts {
  readonly store: Store;
  readonly runs: RunService;
  readonly models: Models;
  readonly queue: Pick<QueueService, 'expected' | 'outlook'>;
  readonly limits: LimitsConfig;
  readonly clock: Clock;
  readonly wakeup: Wakeup;
}

/** What waits for a yes, as it is stored. */
interface Proposal {
  readonly prompts: readonly PromptId[];
  readonly model?: string;
  readonly parameters: RequestOrder['parameters'];
  readonly draft?: boolean;
  readonly priority?: number;
  /** A run that is to be run again, and what shall be different: the order is made of that anew. */
  readonly rerun?: { readonly run: RunId; readonly change: RunChange };
}

type CancelCounts = Readonly<Record<Exclude<CancelResult, 'finished'>, number>>;

/** Many runs that are asked for, shown, cancelled and run again as one. */
export class RequestService extends RequestReader {
  readonly #parts: RequestServiceParts;
  readonly #planner: RequestPlanner;

  constructor(parts: RequestServiceParts) {
    super(parts);
    this.#parts = parts;
    this.#planner = new RequestPlanner(parts);
  }

  /** `RequestPlanner.plan`: nothing is queued. */
  plan(order: RequestOrder): Checked<RequestPlan> {
    return this.#planner.plan(order);
  }

  /** The same, and whether this person may queue so many more. */
  check(actor: Principal, order: RequestOrder): Checked<RequestPlan> {
    return this.#planner.check(actor, order);
  }

  /** What `retry` would queue: `RequestPlanner.retry`. */
  checkRetry(actor: Principal, request: RunRequest): Checked<RequestPlan> {
    return this.#planner.retry(actor, request);
  }

  /** Queues all of its runs, or none. */
  queue(actor: Principal, order: RequestOrder, options: RequestOptions = {}): Checked<RunRequest> {
    return this.#once(options, () => {
      const gone = this.#discarded(order.prompts);
      if (gone !== undefined) return gone;
      const plan = this.check(actor, order);
      return plan.ok ? valid(this.#insert(actor, plan.value, this.#shown(order, options))) : plan;
    });
  }

  /** Keeps what was asked for until `confirm`; nothing is queued. */
  propose(actor: Principal, order: RequestOrder, priority?: number): RequestId {
    const { store, clock } = this.#parts;
    const { prompts, model, parameters, draft, parent, change } = order;
    const proposal: Proposal = {
      prompts: prompts.map(({ id }) => id),
      parameters,
      ...(parent && change && { rerun: { run: parent.run, change } }),
      ...(model !== undefined && { model }),
      ...(draft !== undefined && { draft }),
      ...(priority !== undefined && { priority }),
    };
    return store.write(() => {
      const id = store.ids.make('rq');
      store.requests.insert({ id, owner: actor.id, proposal, at: clock.now() });
      return id;
    });
  }

  /**
   * Queues what was proposed, checked again; a second yes answers the same request. Fails as `queue` does, and with
   * `input.id_unknown` where nothing was proposed under this id, or by somebody else.
   */
  confirm(
    actor: Principal,
    id: RequestId,
    options: Omit<RequestOptions, 'priority'> = {},
  ): Checked<RunRequest> {
    return this.#once(options, () => {
      const order = this.proposed(actor, id);
      if (!order.ok) return order;
      if ('isBatch' in order.value) return valid(order.value);
      const { priority, ...asked } = order.value;
      const plan = this.check(actor, asked);
      if (!plan.ok) return plan;
      const more = { ...(priority !== undefined && { priority }), id };
      return valid(this.#insert(actor, plan.value, this.#shown(asked, { ...options, ...more })));
    });
  }

  /** The id that is meant by its beginning, of what was proposed to somebody, confirmed or not; fails as `pick` does. */
  findProposed(actor: Principal, reference: string): Checked<RequestId> {
    const given = normalised(reference);
    const ids = given === '' ? [] : this.#parts.store.requests.idsMatching(actor.id, given, LISTED_MATCHES);
    return pick(
      'request',
      given,
      ids,
      (id) => [id],
      () => [],
    );
  }

  /** What was proposed under this id; the request where it was confirmed already. */
  proposed(
    actor: Principal,
    id: RequestId,
  ): Checked<RunRequest | (RequestOrder & { readonly priority?: number })> {
    const { store } = this.#parts;
    const unknown = invalid('input.id_unknown', { kind: 'request', given: id });
    const known = store.requests.get(id);
    if (known !== undefined) return known.owner === actor.id ? valid(known) : unknown;
    const stored = store.requests.proposal<Proposal>(id);
    if (stored === undefined || stored.owner !== actor.id) return unknown;
    const { prompts: ids, ...asked } = stored.content;
    const found = ids.flatMap((each) => store.prompts.get(each) ?? []);
    const [first, ...others] = found;
    if (first === undefined || found.length < ids.length) {
      const given = ids.find((each) => store.prompts.get(each) === undefined) ?? id;
      return invalid('input.id_unknown', { kind: 'prompt', given });
    }
    const { rerun, ...order } = asked;
    if (rerun === undefined) return valid({ ...order, prompts: [first, ...others] });
    const again = this.#again(rerun);
    if (!again.ok) return again;
    const { priority } = order;
    return valid({ ...again.value, ...(priority !== undefined && { priority }) });
  }

  /** What was asked for of a run that is run again. */
  #again({ run: id, change }: NonNullable<Proposal['rerun']>): Checked<RequestOrder> {
    const { store, runs } = this.#parts;
    const run = store.runs.get(id);
    if (run === undefined) return invalid('input.id_unknown', { kind: 'run', given: id });
    const order = runs.orders.rerun(run, change);
    return order.ok ? valid(requestOf(order.value)) : order;
  }

  /** Runs again, as a request of its own, what has ended without a result and was not run again since. */
  retry(actor: Principal, request: RunRequest, options: RequestOptions = {}): Checked<RunRequest> {
    return this.#once(options, () => {
      const plan = this.checkRetry(actor, request);
      if (!plan.ok) return plan;
      const thread = options.thread ?? this.#threadsOf(request)[0];
      return valid(
        this.#insert(actor, plan.value, { ...options, ...(thread && { thread }), parent: request.id }),
      );
    });
  }

  /** Cancels every run that has not ended; how many of each kind. Fails with `queue.request_finished`. */
  cancel(actor: Principal, request: RunRequest): Checked<CancelCounts> {
    const { store, wakeup } = this.#parts;
    const counts = { cancelled: 0, requested: 0, too_late: 0, already_requested: 0 };
    store.write(() => {
      for (const { id } of this.unfinished(request)) {
        const result = store.cancellation.request(id, actor.id);
        if (result !== 'finished') counts[result] += 1;
      }
    });
    wakeup.notify();
    const isAny = Object.values(counts).some((count) => count > 0);
    return isAny ? valid(counts) : invalid('queue.request_finished', { request: request.id });
  }

  #discarded(prompts: readonly Prompt[]): Checked<never> | undefined {
    const gone = prompts.find(({ id }) => this.#parts.store.prompts.get(id) === undefined);
    return gone && invalid('input.id_unknown', { kind: 'prompt', given: gone.id });
  }

  #once({ idempotencyKey }: RequestOptions, work: () => Checked<RunRequest>): Checked<RunRequest> {
    const { store, wakeup } = this.#parts;
    const result = store.write(() => {
      const known = idempotencyKey && store.idempotency.get<RequestId>(idempotencyKey);
      const before = known === undefined || known === '' ? undefined : store.requests.get(known);
      if (before !== undefined) return valid(before);
      const made = work();
      if (made.ok && idempotencyKey !== undefined) store.idempotency.set(idempotencyKey, made.value.id);
      return made;
    });
    wakeup.notify();
    return result;
  }

  /** `id`: of the proposal that it was. */
  #insert(
    actor: Principal,
    { runs, varied }: RequestPlan,
    options: RequestOptions & { readonly parent?: RequestId; readonly id?: RequestId },
  ): RunRequest {
    const { store, clock } = this.#parts;
    const now = clock.now();
    const id = options.id ?? store.ids.make('rq');
    const { priority, parent } = options;
    if (options.id === undefined) {
      store.requests.insert({ id, owner: actor.id, varied, at: now, ...(parent && { parent }) });
    } else store.requests.confirm(id, varied, now);
    const threads = options.thread === undefined ? this.#threadsOfPrompts(runs) : [options.thread];
    for (const thread of threads) {
      store.deliveries.ensure(`request:${id}:${thread}`, thread, { purpose: 'request', requestId: id });
    }
    for (const [position, each] of runs.entries()) {
      const run = this.#parts.runs.add(actor, each, {
        ...{ request: id, position },
        ...(priority !== undefined && { priority }),
        ...(each.parent && { parent: each.parent }),
      });
      for (const thread of threads) {
        store.threads.linkRun(run.id, thread);
        store.deliveries.ensure(`result:${run.id}:${thread}`, thread, { purpose: 'result', runId: run.id });
      }
    }
    for (const thread of threads) {
      const key = `request_end:${id}:${thread}`;
      store.deliveries.ensure(key, thread, { purpose: 'request_end', requestId: id });
    }
    const request = store.requests.get(id);
    if (request === undefined) throw new Error(`request ${id} was not stored`);
    return request;
  }

  /** What comes of a run is shown where that run is, unless it was asked for somewhere else. */
  #shown<Options extends RequestOptions>({ parent }: RequestOrder, options: Options): Options {
    if (parent === undefined || options.thread !== undefined) return options;
    const [thread] = this.#parts.store.threads.ofRun(parent.run);
    return thread === undefined ? options : { ...options, thread: thread.id };
  }

  #threadsOfPrompts(runs: readonly PlannedRun[]): readonly ThreadId[] {
    const { threads } = this.#parts.store;
    const prompts = new Set(runs.map(({ prompt }) => prompt.id));
    return [...new Set([...prompts].flatMap((prompt) => threads.ofPrompt(prompt).map(({ id }) => id)))];
  }

  #threadsOf(request: RunRequest): readonly ThreadId[] {
    const [first] = this.runsOf(request);
    return first === undefined ? [] : this.#parts.store.threads.ofRun(first.id).map(({ id }) => id);
  }
}
