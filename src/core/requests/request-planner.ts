import type { Principal } from '../access/principal.ts';
import type { LimitsConfig } from '../config/config.ts';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import type { Models } from '../models/models.ts';
import { withOtherModels } from '../models/other-models.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { RunOrder, RunService } from '../runs/run-service.ts';
import type { Store } from '../store/store.ts';
import { mergeProblems, type RunProblem } from './merge-problems.ts';
import { PROMPT_VARIES, type RunRequest } from './request.ts';
import { type PlannedRun, type RequestOrder, type RequestPlan, sumOfRanges } from './request-plan.ts';
import { runsToRetry } from './runs-to-retry.ts';
import { spread } from './spread.ts';

export interface RequestPlannerParts {
  readonly store: Pick<Store, 'runs'>;
  readonly runs: RunService;
  readonly models: Models;
  readonly queue: Pick<QueueService, 'expected'>;
  readonly limits: LimitsConfig;
}

/** What many runs would be; queues nothing. */
export class RequestPlanner {
  readonly #parts: RequestPlannerParts;

  constructor(parts: RequestPlannerParts) {
    this.#parts = parts;
  }

  /**
   * All runs that the order asks for, each checked as `RunService.check` does. Problems are said
   * once, with the runs that have them. Fails also as `spread` does.
   */
  plan(order: RequestOrder): Checked<RequestPlan> {
    const { maxRunsPerRequest: maximum } = this.#parts.limits;
    const { task, parent, change, draft } = order;
    const orders: (RunOrder & Pick<PlannedRun, 'parent'>)[] = [];
    const varied = new Set<string>(order.prompts.length > 1 ? [PROMPT_VARIES] : []);
    const problems: RunProblem[] = [];
    for (const prompt of order.prompts) {
      const model = this.#parts.models.choose(order.model, prompt.inputs, order);
      if (!model.ok) return model;
      const isListed = ([name]: readonly [string, unknown]): boolean =>
        change === undefined || Object.hasOwn(change.parameters, name);
      const given = Object.entries(order.parameters);
      const fixed = Object.fromEntries(given.filter((entry) => !isListed(entry)));
      const listed = Object.fromEntries(given.filter(isListed));
      const each = spread(model.value.profile, listed, maximum);
      if (!each.ok) {
        problems.push(...each.problems.map((problem) => ({ problem, run: prompt.name })));
        continue;
      }
      for (const name of each.value.varied) varied.add(name);
      const common = {
        ...{ prompt, model: model.value.profile.id },
        ...(task && { task }),
        ...(parent && { parent }),
        ...(draft === true && { draft }),
      };
      orders.push(...each.value.sets.map((set) => ({ ...common, parameters: { ...fixed, ...set } })));
    }
    const [wrong, ...others] = mergeProblems(problems, order.prompts.length);
    if (wrong !== undefined) return { ok: false, problems: [wrong, ...others] };
    const plan = this.#planOf(orders, [...varied]);
    if (plan.ok || order.model !== undefined) return plan;
    const unnamed = { inputs: order.prompts.map(({ inputs }) => inputs), ...(task && { task }) };
    return { ok: false, problems: withOtherModels(plan.problems, this.#parts.models, unnamed) };
  }

  /** The same, and whether this person may queue so many more. */
  check(actor: Principal, order: RequestOrder): Checked<RequestPlan> {
    const plan = this.plan(order);
    if (!plan.ok) return plan;
    const room = this.#parts.runs.checkRoom(actor, plan.value.runs.length);
    return room.ok ? plan : room;
  }

  /** What has ended without a result and was not run again since. Fails with `queue.nothing_to_retry`, and as each run's own retry does. */
  retry(actor: Principal, request: RunRequest): Checked<RequestPlan> {
    const { store, runs } = this.#parts;
    const failed = runsToRetry(store, store.runs.ofRequest(request.id));
    if (failed.length === 0) return invalid('queue.nothing_to_retry', { request: request.id });
    const orders: (RunOrder & Pick<PlannedRun, 'parent'>)[] = [];
    for (const run of failed) {
      const order = runs.orders.retry(run);
      if (!order.ok) return order;
      orders.push({ ...order.value, parent: { run: run.id, relation: 'retry' } });
    }
    const plan = this.#planOf(orders, request.varied);
    if (!plan.ok) return plan;
    const room = runs.checkRoom(actor, plan.value.runs.length);
    return room.ok ? plan : room;
  }

  #planOf(
    orders: readonly (RunOrder & Pick<PlannedRun, 'parent'>)[],
    varied: readonly string[],
  ): Checked<RequestPlan> {
    const { limits, queue, runs } = this.#parts;
    const { maxRunsPerRequest: maximum } = limits;
    if (orders.length > maximum) return invalid('queue.too_many_runs', { count: orders.length, maximum });
    const planned: PlannedRun[] = [];
    const problems: RunProblem[] = [];
    for (const { parent, ...order } of orders) {
      const checked = runs.check(order);
      if (!checked.ok) {
        const run = typedDifferences(order, varied);
        problems.push(...checked.problems.map((problem) => ({ problem, run })));
        continue;
      }
      const { model, parameters, prompt } = checked.value;
      const expected = queue.expected(model.profile, prompt.inputs, parameters);
      planned.push({ ...checked.value, order, ...(parent && { parent }), ...(expected && { expected }) });
    }
    const [wrong, ...others] = mergeProblems(problems, orders.length);
    const [first, ...rest] = planned;
    if (wrong !== undefined || first === undefined) {
      const problem: Problem = wrong ?? { code: 'queue.too_many_runs', parameters: { count: 0, maximum } };
      return { ok: false, problems: [problem, ...others] };
    }
    const expected = sumOfRanges(planned.map((each) => each.expected));
    const needsConfirmation = planned.length > limits.confirmAboveRuns;
    return valid({ runs: [first, ...rest], varied, needsConfirmation, ...(expected && { expected }) });
  }
}

/** `seed=3 edge=0.5`, as it is typed. */
function typedDifferences({ prompt, parameters }: RunOrder, varied: readonly string[]): string {
  return varied
    .flatMap((name) => {
      if (name === PROMPT_VARIES) return [prompt.name];
      return parameters[name] === undefined ? [] : [`${name}=${String(parameters[name])}`];
    })
    .join(' ');
}
