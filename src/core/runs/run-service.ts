import type { Principal } from '../access/principal.ts';
import type { LimitsConfig } from '../config/config.ts';
import { type Checked, CosmosError, ERRORS, invalid, valid } from '../errors.ts';
import type { RequestId, RunId, ThreadId } from '../ids.ts';
import { checkRun } from '../models/check-run.ts';
import { draftOf } from '../models/draft.ts';
import type { ModelChoice, Models } from '../models/models.ts';
import { withOtherModels } from '../models/other-models.ts';
import { profileHash } from '../models/parse-profile.ts';
import type { ParameterValues, Profile } from '../models/profile.ts';
import { StoredProfiles } from '../models/stored-profiles.ts';
import type { ModelTask } from '../models/tasks.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { JobPlanner } from '../runner/job-planner.ts';
import type { Store } from '../store/store.ts';
import { isFinished, type Run, type RunRelation } from './run.ts';
import { promptUnknown, RunOrders } from './run-orders.ts';
import { workShape } from './shape.ts';

/** What somebody asks of a model. */
export interface RunOrder {
  readonly prompt: Prompt;
  /** The first model that does the task and takes the prompt where absent. */
  readonly model?: string;
  /** What the model shall do; `generate` where absent. */
  readonly task?: ModelTask;
  /** Models of this family come first. */
  readonly family?: string;
  /** In the place of what the model is now: as it was stored with another run. */
  readonly profile?: Profile;
  /** As typed or as values; the profile checks them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** With what the model's profile says of drafts, as far as `parameters` do not say otherwise. */
  readonly draft?: boolean;
}

export interface QueueOptions {
  readonly priority?: number;
  readonly parent?: { readonly run: RunId; readonly relation: RunRelation };
  /** Where it is shown; the prompt's own threads where absent. */
  readonly thread?: ThreadId;
  /** The same key again answers the same run. */
  readonly idempotencyKey?: string;
}

/** What shall be different when a run is run again. */
export interface RunChange {
  /** Another model starts from its own defaults. */
  readonly model?: string;
  /** As typed; an empty value puts a parameter back to what the model usually has. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  /** Whether it is to be a draft; as the run was where absent. */
  readonly draft?: boolean;
}

/** A run as it is to be run again, and how the new one comes from it. */
export interface RerunOrder extends RunOrder {
  readonly parent: NonNullable<Run['parent']>;
  /** What was asked to be different: lists and ranges stand there alone. */
  readonly change?: RunChange;
}

/** An order that passed every check: what would be queued. */
export interface CheckedOrder {
  readonly prompt: Prompt;
  readonly model: ModelChoice;
  readonly parameters: ParameterValues;
  /** Names of the parameters that make it a draft. */
  readonly draft?: readonly string[];
}

/** Where a checked order is put. */
export interface RunPlace {
  readonly request: RequestId;
  /** Among the runs of the request, from 0. */
  readonly position: number;
  readonly priority?: number;
  readonly parent?: NonNullable<Run['parent']>;
}

/** Queues runs and changes what people may change of them. */
export class RunService {
  readonly #store: Store;
  readonly #models: Models;
  readonly #planner: JobPlanner;
  readonly #limits: LimitsConfig;
  readonly #clock: Clock;
  /** What is asked for where a run is run again. */
  readonly orders: RunOrders;

  constructor(parts: {
    store: Store;
    models: Models;
    planner: JobPlanner;
    limits: LimitsConfig;
    clock: Clock;
    random: Random;
  }) {
    this.#store = parts.store;
    this.#models = parts.models;
    this.#planner = parts.planner;
    this.#limits = parts.limits;
    this.#clock = parts.clock;
    const profiles = new StoredProfiles(parts.store.runs);
    this.orders = new RunOrders({ ...parts, profiles });
  }

  /** Everything that can be known before queueing, up to writing the very job that would be sent. */
  check(order: RunOrder): Checked<CheckedOrder> {
    const found = this.#models.choose(order.model, order.prompt.inputs, order);
    if (!found.ok) return found;
    const model = { ...found.value, ...(order.profile && { profile: order.profile }) };
    const draft = order.draft === true ? draftOf(model.profile, this.#models) : undefined;
    if (draft?.ok === false) return draft;
    const profile = draft?.value ?? model.profile;
    const parameters = checkRun(profile, order.prompt.inputs, order.parameters);
    if (!parameters.ok) {
      if (order.model !== undefined) return parameters;
      const unnamed = { inputs: [order.prompt.inputs], ...(order.task && { task: order.task }) };
      return { ok: false, problems: withOtherModels(parameters.problems, this.#models, unnamed) };
    }
    const checked: CheckedOrder = {
      prompt: order.prompt,
      model,
      parameters: parameters.value,
      ...(profile.draft && draft && { draft: Object.keys(profile.draft.parameters) }),
    };
    try {
      this.#planner.preview(checked);
      return valid(checked);
    } catch (error) {
      if (error instanceof CosmosError && ERRORS[error.code].class === 'validation') {
        return { ok: false, problems: [error.toProblem()] };
      }
      throw error;
    }
  }

  /** The same, and whether this person may queue one more. */
  checkQueueing(actor: Principal, order: RunOrder): Checked<CheckedOrder> {
    const checked = this.check(order);
    if (!checked.ok) return checked;
    const room = this.checkRoom(actor, 1);
    return room.ok ? checked : room;
  }

  /** Whether this person may queue so many more. */
  checkRoom(actor: Principal, asked: number): Checked<undefined> {
    const queued = this.#store.runs.countQueued(actor.id);
    const maximum = this.#limits.maxQueuedPerUser;
    if (queued + asked <= maximum) return valid(undefined);
    return invalid('queue.limit_reached', { queued, maximum, ...(asked > 1 && { asked }) });
  }

  queue(actor: Principal, order: RunOrder, options: QueueOptions = {}): Checked<Run> {
    const known = this.#queuedBefore(options.idempotencyKey);
    if (known !== undefined) return valid(known);
    return this.#store.write(() => {
      // Somebody may have discarded it since it was found.
      if (this.#store.prompts.get(order.prompt.id) === undefined) return promptUnknown(order.prompt.id);
      const checked = this.checkQueueing(actor, order);
      return checked.ok ? valid(this.#insert(actor, checked.value, options)) : checked;
    });
  }

  /** The same text, inputs and parameters once more, with the model as it is configured now. */
  retry(actor: Principal, run: Run, options: QueueOptions = {}): Checked<Run> {
    const known = this.#queuedBefore(options.idempotencyKey);
    if (known !== undefined) return valid(known);
    const order = this.orders.retry(run);
    if (!order.ok) return order;
    return this.#queueAfter(
      actor,
      run,
      { ...order.value, parent: { run: run.id, relation: 'retry' } },
      options,
    );
  }

  /** Queues what `orders` has made of a run; shown where the run is, unless `options` say otherwise. */
  rerun(actor: Principal, run: Run, order: RerunOrder, options: QueueOptions = {}): Checked<Run> {
    const known = this.#queuedBefore(options.idempotencyKey);
    return known === undefined ? this.#queueAfter(actor, run, order, options) : valid(known);
  }

  #queueAfter(actor: Principal, run: Run, order: RerunOrder, options: QueueOptions): Checked<Run> {
    const thread = options.thread ?? this.#store.threads.ofRun(run.id)[0]?.id;
    return this.queue(actor, order, { ...options, parent: order.parent, ...(thread && { thread }) });
  }

  #queuedBefore(key: string | undefined): Run | undefined {
    const known = key === undefined ? undefined : this.#store.idempotency.get<RunId>(key);
    return known && this.#store.runs.get(known);
  }

  rate(actor: Principal, run: Run, rating: number): Checked<Run> {
    if (!Number.isInteger(rating) || rating < 1 || rating > 5)
      return invalid('input.rating_range', { given: rating });
    if (!isFinished(run.state)) return invalid('queue.run_not_finished', { run: run.id, state: run.state });
    if (run.state !== 'done') return invalid('queue.no_result', { run: run.id, state: run.state });
    this.#store.write(() => {
      this.#store.runs.setRating(run.id, rating);
      this.#store.events.append({ type: 'run.rated', payload: { rating } }, { actor: actor.id, run: run.id });
    });
    return valid({ ...run, rating });
  }

  #insert(actor: Principal, order: CheckedOrder, options: QueueOptions): Run {
    const store = this.#store;
    const request = store.ids.make('rq');
    store.requests.insert({ id: request, owner: actor.id, at: this.#clock.now() });
    const run = this.add(actor, order, { ...options, request, position: 0 });
    this.#show(run.id, order.prompt, options.thread);
    if (options.idempotencyKey !== undefined) store.idempotency.set(options.idempotencyKey, run.id);
    return run;
  }

  /** Stores a run that waits from now on, shown nowhere yet; to be called in the transaction of its request. */
  add(actor: Principal, { prompt, model, parameters, draft }: CheckedOrder, place: RunPlace): Run {
    const store = this.#store;
    const id = store.ids.make('rs');
    const { profile } = model;
    const shape = workShape(profile, { inputs: prompt.inputs, parameters });
    store.runs.insert({
      id,
      requestId: place.request,
      position: place.position,
      promptId: prompt.id,
      owner: actor.id,
      profileId: profile.id,
      profileHash: profileHash(profile),
      profileContent: JSON.stringify(profile),
      text: prompt.text,
      negativeText: prompt.negativeText,
      inputs: prompt.inputs,
      parameters,
      priority: place.priority ?? 0,
      queuedAt: this.#clock.now(),
      ...(place.parent && { parent: place.parent }),
      ...(draft && { draft }),
      ...(shape && { shape }),
    });
    const parent = place.parent ? { parent: place.parent } : {};
    store.events.append(
      { type: 'run.queued', payload: { profile: profile.id, ...parent } },
      { actor: actor.id, run: id },
    );
    const run = store.runs.get(id);
    if (run === undefined) throw new Error(`run ${id} was not stored`);
    return run;
  }

  /** A run is shown where it was asked for, else in the threads of its prompt. */
  #show(run: RunId, prompt: Prompt, thread: ThreadId | undefined): void {
    const threads =
      thread === undefined ? this.#store.threads.ofPrompt(prompt.id).map(({ id }) => id) : [thread];
    for (const id of threads) {
      this.#store.threads.linkRun(run, id);
      this.#store.deliveries.ensure(`status:${run}:${id}`, id, { purpose: 'status', runId: run });
      this.#store.deliveries.ensure(`result:${run}:${id}`, id, { purpose: 'result', runId: run });
    }
  }
}
