import { describe, expect, onTestFinished, test } from 'vitest';
import type { LaneName } from '../../../src/core/ids.ts';
import type { RunRequest } from '../../../src/core/requests/request.ts';
import type { RequestOrder } from '../../../src/core/requests/request-plan.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { TWO_MODELS } from '../../support/two-models.ts';
import { codes, must, openWorkbench, type Workbench } from '../../support/workbench.ts';

const GPU = 'gpu/one' as LaneName;

async function open(limits = ''): Promise<Workbench> {
  const bench = await openWorkbench({ config: `${limits}\n${TWO_MODELS}` });
  onTestFinished(async () => await bench.bot.close());
  return bench;
}

async function order(
  bench: Workbench,
  parameters = {},
  more: Partial<RequestOrder> = {},
): Promise<RequestOrder> {
  return { prompts: [await bench.prompt()], model: 'transfer1', parameters, ...more };
}

function queued(bench: Workbench, asked: RequestOrder, actor = bench.actor()): RunRequest {
  return must(bench.api.requests.queue(actor, asked));
}

function values(runs: readonly Run[], ...names: readonly string[]) {
  return runs.map(({ parameters }) => names.map((name) => parameters[name]));
}

/** The lane takes the next run, and it ends so. */
function endNext(bench: Workbench, outcome: 'done' | 'failed'): Run {
  const attempt = bench.store.attempts.claim(GPU, ['transfer1'], bench.store.instance);
  if (attempt === undefined) throw new Error('nothing waits');
  const run = bench.store.runs.active().find(({ lane }) => lane === GPU);
  bench.store.attempts.end(attempt, { outcome, outputs: [] });
  return bench.reload(run?.id ?? ('' as never));
}

describe('what many runs would be', () => {
  test('is each combination, with its time and that of all together, and nothing is queued', async () => {
    const bench = await open();
    const plan = must(bench.api.requests.plan(await order(bench, { seed: '1..3', edge: '0.2,0.8' })));
    expect(plan.varied).toEqual(['seed', 'edge']);
    expect(plan.runs.map(({ parameters }) => [parameters['seed'], parameters['edge']])).toEqual([
      [1, 0.2],
      [1, 0.8],
      [2, 0.2],
      [2, 0.8],
      [3, 0.2],
      [3, 0.8],
    ]);
    const each = plan.runs[0].expected?.low ?? 0;
    expect(each).toBeGreaterThan(0);
    expect(plan.expected?.low).toBe(each * 6);
    expect(bench.api.countRuns({})).toBe(0);
  });

  test('names the models that have a parameter which the chosen one lacks, unless somebody has named it', async () => {
    const bench = await open();
    const { model: _, ...unnamed } = await order(bench, { seed: '1..4' });
    const problem = (asked: RequestOrder) => {
      const plan = bench.api.requests.plan(asked);
      return plan.ok ? undefined : plan.problems[0].parameters;
    };
    const lacks = { parameter: 'seed', model: 'preview' };
    expect(problem(unnamed)).toMatchObject({ ...lacks, others: ['transfer1'] });
    const { parameters, prompts } = unnamed;
    expect(bench.api.checkRun(bench.actor(), { prompt: prompts[0], parameters })).toMatchObject({
      problems: [{ parameters: { ...lacks, others: ['transfer1'] } }],
    });
    expect(problem({ ...unnamed, model: 'preview' })).toEqual(
      expect.not.objectContaining({ others: expect.anything() }),
    );
    expect(problem({ ...unnamed, parameters: { seed: 1, unheard_of: 1 } })).not.toHaveProperty('others');
  });

  test('is each prompt with the same parameters', async () => {
    const bench = await open();
    const first = await bench.prompt('A street');
    const second = await bench.prompt('A harbour');
    const plan = must(
      bench.api.requests.plan({ prompts: [first, second], model: 'transfer1', parameters: { seed: '1,2' } }),
    );
    expect(plan.varied).toEqual(['prompt', 'seed']);
    expect(plan.runs.map(({ prompt, parameters }) => [prompt.id, parameters['seed']])).toEqual([
      [first.id, 1],
      [first.id, 2],
      [second.id, 1],
      [second.id, 2],
    ]);
  });

  test.each([
    [8, false],
    [9, true],
  ])('of %i runs needs a yes: %s', async (count, needsConfirmation) => {
    const bench = await open();
    const plan = must(bench.api.requests.plan(await order(bench, { seed: `1..${count}` })));
    expect(plan.needsConfirmation).toBe(needsConfirmation);
  });

  test('is refused beyond the most runs of one request', async () => {
    const bench = await open('[limits]\nmax_runs_per_request = 4\n');
    expect(bench.api.requests.plan(await order(bench, { seed: '1..5' }))).toMatchObject({
      problems: [{ code: 'queue.too_many_runs', parameters: { count: 5, maximum: 4 } }],
    });
    const prompts = [await bench.prompt('A'), await bench.prompt('B'), await bench.prompt('C')] as const;
    const asked = { prompts, model: 'transfer1', parameters: { seed: '1..2' } };
    expect(bench.api.requests.plan(asked)).toMatchObject({
      problems: [{ code: 'queue.too_many_runs', parameters: { count: 6, maximum: 4 } }],
    });
  });

  test('says a problem that all runs have once', async () => {
    const bench = await open();
    const plan = bench.api.requests.plan(await order(bench, { seed: '1..4', sigma_max: '900' }));
    if (plan.ok) throw new Error('it was taken');
    expect(plan.problems).toHaveLength(1);
    expect(plan.problems[0]).toMatchObject({ code: 'input.parameter_range' });
    expect(plan.problems[0].parameters).not.toHaveProperty('runs');
  });

  test('says of a problem that some runs have which', async () => {
    const bench = await open();
    const asked = await order(bench, { seed: '1..2', num_steps: '1,35', use_distilled: 'true' });
    const plan = bench.api.requests.plan(asked);
    if (plan.ok) throw new Error('it was taken');
    expect(plan.problems).toHaveLength(1);
    expect(plan.problems[0]).toMatchObject({
      code: 'input.rule_broken',
      parameters: { runs: ['seed=1 num_steps=35', 'seed=2 num_steps=35'], runsTotal: 2, ofRuns: 4 },
    });
  });
});

describe('queueing many', () => {
  test('is one request with its runs in the order in which they were asked for', async () => {
    const bench = await open();
    const request = queued(bench, await order(bench, { seed: '1..3', edge: '0.2,0.8' }));
    expect(request).toMatchObject({ isBatch: true, varied: ['seed', 'edge'], ownerName: 'ana' });
    const runs = bench.api.requests.runsOf(request);
    expect(values(runs, 'seed', 'edge')).toEqual([
      [1, 0.2],
      [1, 0.8],
      [2, 0.2],
      [2, 0.8],
      [3, 0.2],
      [3, 0.8],
    ]);
    expect(runs.every(({ requestId }) => requestId === request.id)).toBe(true);
    expect(bench.store.runs.queued().map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
  });

  test('is all or nothing: one wrong value, and none is queued', async () => {
    const bench = await open();
    expect(codes(bench.api.requests.queue(bench.actor(), await order(bench, { edge: '0.2,8' })))).toEqual([
      'input.parameter_range',
    ]);
    expect(bench.api.countRuns({})).toBe(0);
    expect(bench.api.requests.count()).toBe(0);
  });

  test('is checked against what a person may have waiting, all at once', async () => {
    const bench = await open('[limits]\nmax_queued_per_user = 5\n');
    queued(bench, await order(bench, { seed: '1..3' }));
    const refused = bench.api.requests.queue(bench.actor(), await order(bench, { seed: '1..3' }));
    expect(refused).toMatchObject({
      problems: [{ code: 'queue.limit_reached', parameters: { queued: 3, maximum: 5, asked: 3 } }],
    });
    expect(bench.api.countRuns({})).toBe(3);
    queued(bench, await order(bench, { seed: '1..2' }));
    queued(bench, await order(bench, { seed: '1..5' }), bench.actor('ben'));
  });

  test('with the same key again answers the same request', async () => {
    const bench = await open();
    const asked = await order(bench, { seed: '1..3' });
    const options = { idempotencyKey: 'E1' };
    const first = must(bench.api.requests.queue(bench.actor(), asked, options));
    expect(must(bench.api.requests.queue(bench.actor(), asked, options)).id).toBe(first.id);
    expect(bench.api.countRuns({})).toBe(3);
  });

  test('of a prompt that was discarded since is refused', async () => {
    const bench = await open();
    const asked = await order(bench, { seed: '1..3' });
    must(bench.api.discardPrompt(bench.actor(), asked.prompts[0]));
    expect(codes(bench.api.requests.queue(bench.actor(), asked))).toEqual(['input.id_unknown']);
  });

  test('delays nobody: a single run of somebody else is among the next two', async () => {
    const bench = await open();
    queued(bench, await order(bench, { seed: '1..50' }));
    const prompt = await bench.prompt('A harbour');
    const asked = { prompt, model: 'transfer1', parameters: {} };
    const single = must(bench.api.queueRun(bench.actor('ben'), asked));
    expect([endNext(bench, 'done').id, endNext(bench, 'done').id]).toContain(single.id);
  });

  test('of two people takes turns, run by run', async () => {
    const bench = await open();
    queued(bench, await order(bench, { seed: '1..4' }));
    queued(bench, await order(bench, { seed: '1..4' }), bench.actor('ben'));
    const owners = Array.from({ length: 8 }, () => endNext(bench, 'done').ownerName);
    for (let turn = 0; turn < 8; turn += 2)
      expect(owners.slice(turn, turn + 2).toSorted()).toEqual(['ana', 'ben']);
  });
});

describe('a yes', () => {
  test('queues what was shown under its own id; said again, it is the same request', async () => {
    const bench = await open();
    const id = bench.api.requests.propose(bench.actor(), await order(bench, { seed: '1..9' }), 3);
    expect(bench.api.requests.get(id)).toBeUndefined();
    expect(codes(bench.api.requests.find(id))).toEqual(['input.id_unknown']);
    expect(bench.api.requests.count()).toBe(0);
    const request = must(bench.api.requests.confirm(bench.actor(), id));
    expect(request).toMatchObject({ id, varied: ['seed'] });
    expect(must(bench.api.requests.confirm(bench.actor(), id)).id).toBe(id);
    const runs = bench.api.requests.runsOf(request);
    expect(runs.map(({ priority }) => priority)).toEqual(Array.from({ length: 9 }, () => 3));
    expect(bench.api.countRuns({})).toBe(9);
  });

  test('takes the beginning of the id, of what waits and of what was queued', async () => {
    const bench = await open();
    const asked = await order(bench, { seed: '1..9' });
    const id = bench.api.requests.propose(bench.actor(), asked);
    const find = (given: string) => bench.api.requests.findProposed(bench.actor(), given);
    expect(find(id.slice(0, 7).toUpperCase())).toEqual({ ok: true, value: id });
    must(bench.api.requests.confirm(bench.actor(), id));
    expect(find(id.slice(0, 7))).toEqual({ ok: true, value: id });
    bench.api.requests.propose(bench.actor(), asked);
    expect(codes(find('rq_'))).toEqual(['input.id_ambiguous']);
    expect(codes(find(''))).toEqual(['input.id_unknown']);
    expect(codes(bench.api.requests.findProposed(bench.actor('ben'), id))).toEqual(['input.id_unknown']);
  });

  test('is of whoever asked, and nobody else', async () => {
    const bench = await open();
    const id = bench.api.requests.propose(bench.actor(), await order(bench, { seed: '1..9' }));
    expect(codes(bench.api.requests.confirm(bench.actor('ben'), id))).toEqual(['input.id_unknown']);
    expect(bench.api.countRuns({})).toBe(0);
  });

  test('is checked again: what has changed since counts', async () => {
    const bench = await open('[limits]\nmax_queued_per_user = 9\n');
    const asked = await order(bench, { seed: '1..9' });
    const id = bench.api.requests.propose(bench.actor(), asked);
    queued(bench, await order(bench, { seed: '1..2' }));
    expect(codes(bench.api.requests.confirm(bench.actor(), id))).toEqual(['queue.limit_reached']);
    must(bench.api.discardPrompt(bench.actor(), asked.prompts[0]));
    expect(bench.api.requests.confirm(bench.actor(), id)).toMatchObject({
      problems: [{ code: 'input.id_unknown', parameters: { kind: 'prompt' } }],
    });
  });
});

describe('a request', () => {
  test('is cancelled with all its runs, and then has none left to cancel', async () => {
    const bench = await open();
    const request = queued(bench, await order(bench, { seed: '1..4' }));
    endNext(bench, 'done');
    bench.store.attempts.claim(GPU, ['transfer1'], bench.store.instance);
    expect(must(bench.api.requests.cancel(bench.actor(), request))).toEqual({
      cancelled: 2,
      requested: 1,
      too_late: 0,
      already_requested: 0,
    });
    expect(bench.api.requests.runsOf(request).map(({ state }) => state)).toEqual([
      'done',
      'active',
      'cancelled',
      'cancelled',
    ]);
    expect(must(bench.api.requests.cancel(bench.actor(), request))).toMatchObject({ already_requested: 1 });
    const other = queued(bench, await order(bench, { seed: '1..2' }));
    must(bench.api.requests.cancel(bench.actor(), other));
    expect(codes(bench.api.requests.cancel(bench.actor(), other))).toEqual(['queue.request_finished']);
  });

  test('runs again what has no result, each once, and is whole again with it', async () => {
    const bench = await open();
    const request = queued(bench, await order(bench, { seed: '1..3' }));
    expect(codes(bench.api.requests.retry(bench.actor(), request))).toEqual(['queue.nothing_to_retry']);
    const [one, two, three] = [endNext(bench, 'done'), endNext(bench, 'failed'), endNext(bench, 'failed')];
    const again = must(bench.api.requests.retry(bench.actor(), request));
    expect(again).toMatchObject({ parent: request.id, varied: ['seed'], isBatch: true });
    const retried = bench.api.requests.runsOf(again);
    expect(retried.map(({ parent }) => parent)).toEqual([
      { run: two?.id, relation: 'retry' },
      { run: three?.id, relation: 'retry' },
    ]);
    expect(values(retried, 'seed')).toEqual([[2], [3]]);
    expect(codes(bench.api.requests.retry(bench.actor(), request))).toEqual(['queue.nothing_to_retry']);
    endNext(bench, 'done');
    endNext(bench, 'failed');
    // What failed once more can be run again, from either request.
    expect(bench.api.requests.toRetry(bench.api.requests.runsOf(request)).map(({ id }) => id)).toEqual([
      three?.id,
    ]);
    expect(bench.api.requests.toRetry(retried.map(({ id }) => bench.reload(id))).map(({ id }) => id)).toEqual(
      [retried[1]?.id],
    );
    const third = must(bench.api.requests.retry(bench.actor(), again));
    endNext(bench, 'done');
    expect(bench.api.requests.wholeOf(third).map(({ id, state }) => [id, state])).toEqual([
      [one?.id, 'done'],
      [retried[0]?.id, 'done'],
      [bench.api.requests.runsOf(third)[0]?.id, 'done'],
    ]);
  });

  test('is shown with all its runs where it was asked for, or in the threads of its prompts', async () => {
    const bench = await open();
    const thread = bench.store.threads.ensure({
      platform: 'fake' as never,
      tenant: 't',
      channel: 'c',
      thread: 'A',
    });
    const elsewhere = bench.store.threads.ensure({
      platform: 'fake' as never,
      tenant: 't',
      channel: 'c',
      thread: 'B',
    });
    const prompt = await bench.prompt('A street', thread.id);
    const asked = { prompts: [prompt], model: 'transfer1', parameters: { seed: '1..2' } } as const;
    const request = must(bench.api.requests.queue(bench.actor(), asked));
    const [run] = bench.api.requests.runsOf(request);
    expect(bench.store.threads.ofRun(run?.id ?? ('' as never)).map(({ id }) => id)).toEqual([thread.id]);
    const other = must(bench.api.requests.queue(bench.actor(), asked, { thread: elsewhere.id }));
    const keys = bench.store.deliveries.open().flatMap(({ key }) => (key.includes(other.id) ? [key] : []));
    expect(keys).toEqual([`request:${other.id}:${elsewhere.id}`, `request_end:${other.id}:${elsewhere.id}`]);
  });

  test('is found by the beginning of its id; a single run is no such request', async () => {
    const bench = await open();
    const request = queued(bench, await order(bench, { seed: '1..2' }));
    const single = bench.run(await bench.prompt('A harbour'));
    expect(must(bench.api.requests.find(request.id.slice(0, 9).toUpperCase())).id).toBe(request.id);
    expect(codes(bench.api.requests.find(single.requestId))).toEqual(['input.id_unknown']);
    expect(bench.api.requests.list(10).map(({ id }) => id)).toEqual([request.id]);
    expect(bench.api.listRuns({ request: request.id, limit: 10 })).toHaveLength(2);
  });
});

describe('a draft', () => {
  test('has what the profile says, and is promoted without exactly that, with its seed', async () => {
    const bench = await open();
    const asked = {
      prompt: await bench.prompt(),
      model: 'transfer1',
      parameters: { seed: '7', edge: '0.8' },
    };
    const draft = must(bench.api.queueRun(bench.actor(), { ...asked, draft: true }));
    expect(draft).toMatchObject({ draft: ['num_steps'], parameters: { num_steps: 8, seed: 7, edge: 0.8 } });
    const order = must(bench.api.orders.promote(draft, {}));
    const full = must(bench.api.rerunRun(bench.actor(), draft, order));
    expect(full.draft).toBeUndefined();
    expect(full.parameters).toEqual({ ...draft.parameters, num_steps: 35 });
    expect(full.parent).toEqual({ run: draft.id, relation: 'promote' });
    expect(codes(bench.api.orders.promote(full, {}))).toEqual(['input.not_a_draft']);
  });

  test('keeps what somebody says, and what a rule says for them; promoting it leaves both out', async () => {
    const bench = await open();
    const asked = { prompt: await bench.prompt(), model: 'transfer1', draft: true };
    const check = (parameters: Readonly<Record<string, string>>) =>
      must(bench.api.checkOrder({ ...asked, parameters })).parameters['num_steps'];
    expect(check({ num_steps: '12' })).toBe(12);
    expect(check({ use_distilled: 'true' })).toBe(1);
    const draft = must(bench.api.queueRun(bench.actor(), { ...asked, parameters: { num_steps: '12' } }));
    expect(must(bench.api.orders.promote(draft, {})).parameters).not.toHaveProperty('num_steps');
    expect(must(bench.api.orders.promote(draft, { num_steps: '50' })).parameters['num_steps']).toBe('50');
  });

  test('stays one when it is retried or run with another seed', async () => {
    const bench = await open();
    const prompt = await bench.prompt();
    must(bench.api.queueRun(bench.actor(), { prompt, model: 'transfer1', parameters: {}, draft: true }));
    const failed = endNext(bench, 'failed');
    const retried = must(bench.api.retryRun(bench.actor(), failed));
    expect(retried.draft).toEqual(['num_steps']);
    const order = must(bench.api.orders.rerun(failed, { parameters: {} }));
    const varied = must(bench.api.rerunRun(bench.actor(), failed, order));
    expect(varied).toMatchObject({ draft: ['num_steps'], parameters: { num_steps: 8 } });
  });

  test('of a model without drafts is refused with those that have some', async () => {
    const bench = await open();
    const asked = { prompt: await bench.prompt(), model: 'preview', parameters: {}, draft: true };
    expect(bench.api.checkOrder(asked)).toMatchObject({
      problems: [{ code: 'input.no_draft', parameters: { model: 'preview', known: ['transfer1'] } }],
    });
  });
});
