import { describe, expect, it } from 'vitest';
import type { Run } from '../../../../src/core/runs/run.ts';
import { FAKE } from '../../../fakes/fake-chat.ts';
import { TWO_MODELS } from '../../../support/two-models.ts';
import { must } from '../../../support/workbench.ts';
import { CommandBench, words } from './command-bench.ts';

/** A run of the model with a seed. */
async function open(parameters: Record<string, unknown> = { seed: 42, edge: 0.6 }) {
  const bench = await CommandBench.open(TWO_MODELS);
  const prompt = await bench.bench.prompt();
  const order = { prompt, model: 'transfer1', parameters };
  const run = must(bench.bench.api.queueRun(bench.bench.actor(), order));
  return { bench, run };
}

async function queued(bench: CommandBench, line: string): Promise<Run> {
  const result = await bench.say(line);
  expect(result.failed).toBe(false);
  return result.data as Run;
}

describe('rerun', () => {
  it('queues the same with another seed, and says where it came from', async () => {
    const { bench, run } = await open();
    const next = await queued(bench, `rerun ${run.id}`);
    expect(next.parameters).toEqual({ ...run.parameters, seed: expect.any(Number) });
    expect(next.parameters['seed']).not.toBe(42);
    expect(next.parent).toEqual({ run: run.id, relation: 'vary' });
    expect(words(await bench.say(`status ${next.id}`))).toContain(`"varied from ",{"code":"${run.id}"}`);
    expect((await queued(bench, `rerun ${run.id}`)).parameters['seed']).not.toBe(next.parameters['seed']);
  });

  it('changes what is said, and keeps everything else, the seed too', async () => {
    const { bench, run } = await open();
    const next = await queued(bench, `rerun ${run.id} edge=0.5`);
    expect(next.parameters).toEqual({ ...run.parameters, edge: 0.5 });
    expect((await queued(bench, `rerun ${run.id} seed=9 edge=0.5`)).parameters).toEqual({
      ...run.parameters,
      ...{ seed: 9, edge: 0.5 },
    });
  });

  it('puts back what is left empty', async () => {
    const { bench, run } = await open({ edge: 0.6, canny_threshold: 'low' });
    const next = await queued(bench, `rerun ${run.id} edge= canny_threshold=`);
    expect(next.parameters).toMatchObject({ edge: 0.25 });
    expect(next.parameters).not.toHaveProperty('canny_threshold');
  });

  it('with another model begins with its defaults', async () => {
    const { bench, run } = await open();
    const next = await queued(bench, `rerun ${run.id} --model preview vis=0.4`);
    expect(next).toMatchObject({ profileId: 'preview', parameters: { edge: 0.8, vis: 0.4 } });
    expect(next.parameters).not.toHaveProperty('seed');
  });

  it('of a model without a seed is the same again', async () => {
    const { bench, run } = await open();
    const preview = await queued(bench, `inference ${run.promptId} --model preview`);
    const next = await queued(bench, `rerun ${preview.id}`);
    expect(next).toMatchObject({ parameters: preview.parameters, parent: { relation: 'retry' } });
  });

  it('runs the text and the files of the run, whatever became of its prompt', async () => {
    const { bench, run } = await open();
    await bench.say(`roles ${run.promptId} color=depth`);
    expect((await queued(bench, `rerun ${run.id} seed=1`)).inputs).toEqual(run.inputs);
  });

  it.each([
    ['rerun RUN edge=8', 'input.parameter_range'],
    ['rerun RUN speed=8', 'input.parameter_unknown'],
    ['rerun RUN --model previw', 'input.model_unknown'],
    ['rerun rs_none0000', 'input.id_unknown'],
  ])('%s is refused, and opens no thread', async (line, code) => {
    const { bench, run } = await open();
    const refused = await bench.say(line.replace('RUN', run.id), bench.inChat);
    expect(refused).toMatchObject({ failed: true, data: { problems: [{ code }] } });
    expect(bench.opened).toBe(0);
  });

  it('asked for twice by one event is one run', async () => {
    const { bench, run } = await open();
    const first = await bench.say(`rerun ${run.id}`, bench.inChat);
    const again = await bench.say(`rerun ${run.id}`, bench.inChat);
    expect(again.data).toEqual(first.data);
    expect(bench.bench.api.countRuns({})).toBe(2);
  });
});

describe('rerun with several values', () => {
  const runsOf = (result: { data: unknown }): readonly Run[] => Object(result.data).runs;

  it('is one request with a run of each, in the order that was typed, shown where the run is', async () => {
    const { bench, run } = await open();
    const { threads } = bench.bench.store;
    const thread = threads.ensure({ platform: FAKE, tenant: 't', channel: 'r' }).id;
    threads.linkRun(run.id, thread);
    const result = await bench.say(`rerun ${run.id} seed=1..2 edge=0.2,0.8`);
    expect(result).toMatchObject({ failed: false, data: { isBatch: true, varied: ['seed', 'edge'] } });
    expect(runsOf(result).map(({ parameters: { seed, edge, vis } }) => [seed, edge, vis])).toEqual([
      [1, 0.2, run.parameters['vis']],
      [1, 0.8, run.parameters['vis']],
      [2, 0.2, run.parameters['vis']],
      [2, 0.8, run.parameters['vis']],
    ]);
    for (const each of runsOf(result)) {
      expect(each.parent).toEqual({ run: run.id, relation: 'vary' });
      expect(threads.ofRun(each.id).map(({ id }) => id)).toEqual([thread]);
    }
  });

  it('of one value is one run, and what the run itself was is no list', async () => {
    const { bench, run } = await open({ seed: 42, seg_prompt: 'a car, a boat' });
    const next = await queued(bench, `rerun ${run.id} seed=7,7`);
    expect(next).toMatchObject({ parameters: { seed: 7, seg_prompt: 'a car, a boat' } });
    const many = await bench.say(`rerun ${run.id} seed=7,8`);
    expect(runsOf(many)).toMatchObject([
      { parameters: { seg_prompt: 'a car, a boat' } },
      { parameters: { seg_prompt: 'a car, a boat' } },
    ]);
  });

  it('waits for a yes where they are very many, and then runs what the run was, whatever became of its prompt', async () => {
    const { bench, run } = await open();
    const asked = await bench.say(`rerun ${run.id} seed=1..9 edge= --priority -3`, bench.inChat);
    expect(asked).toMatchObject({ data: { count: 9, confirm: expect.stringMatching(/^rq_/) } });
    expect([bench.opened, bench.bench.api.countRuns({})]).toEqual([0, 1]);
    await bench.say(`roles ${run.promptId} color=depth`);
    const confirmed = await bench.say(`confirm ${Object(asked.data).confirm}`, bench.inChat);
    expect(runsOf(confirmed)).toHaveLength(9);
    for (const each of runsOf(confirmed)) {
      expect(each).toMatchObject({ inputs: run.inputs, priority: -3, parent: { run: run.id } });
      expect(each.parameters['edge']).toBe(0.25);
    }
    const past = await bench.say(`rerun ${run.id} seed=11..19 --yes`);
    expect(runsOf(past)).toHaveLength(9);
  });

  it.each([
    ['rerun RUN seed=1..51', 'queue.too_many_runs'],
    ['rerun RUN seed=1,,2', 'input.list_invalid'],
    ['rerun RUN edge=0.2,8', 'input.parameter_range'],
    ['rerun RUN --model preview edge=0.2,0.8 --draft', 'input.no_draft'],
  ])('%s is refused, and opens no thread', async (line, code) => {
    const { bench, run } = await open();
    const refused = await bench.say(line.replace('RUN', run.id), bench.inChat);
    expect(refused).toMatchObject({ failed: true, data: { problems: [{ code }] } });
    expect([bench.opened, bench.bench.api.countRuns({})]).toEqual([0, 1]);
  });
});

describe('rerun as a draft', () => {
  it('takes what makes a draft, with the same seed; what somebody has set stays', async () => {
    const { bench, run } = await open();
    const draft = await queued(bench, `rerun ${run.id} --draft`);
    expect(draft).toMatchObject({ draft: ['num_steps'], parent: { relation: 'vary' } });
    expect(draft.parameters).toEqual({ ...run.parameters, num_steps: 8 });
    expect((await queued(bench, `rerun ${run.id} --draft num_steps=12`)).parameters['num_steps']).toBe(12);
    const other = await open({ num_steps: 50 });
    expect((await queued(other.bench, `rerun ${other.run.id} --draft`)).parameters['num_steps']).toBe(50);
  });

  it('stays one where nothing is said of it, and is the full run where that is said', async () => {
    const { bench, run } = await open();
    const draft = await queued(bench, `rerun ${run.id} --draft`);
    expect(await queued(bench, `rerun ${draft.id} edge=0.5`)).toMatchObject({ draft: ['num_steps'] });
    expect(await queued(bench, `rerun ${draft.id} --draft`)).toMatchObject({
      draft: ['num_steps'],
      parameters: { seed: expect.not.toSatisfy((seed: unknown) => seed === 42) },
    });
    const full = await queued(bench, `rerun ${draft.id} --draft=false`);
    expect(full.parameters).toEqual(run.parameters);
    expect(full).not.toHaveProperty('draft');
  });
});

describe('tune', () => {
  it('tells how to type what would be different, with what is now', async () => {
    const { bench, run } = await open();
    const ofRun = words(await bench.say(`tune ${run.id}`));
    expect(ofRun).toContain(`rerun ${run.id} `);
    expect(ofRun).toContain('"number from 0 to 1",", now 0.6"');
    const [again = ''] = /rerun rs_\w+ \w+=[\w.]+/.exec(ofRun) ?? [];
    expect((await queued(bench, again)).parameters).not.toEqual(run.parameters);
    const ofPrompt = await bench.say(`tune ${run.promptId}`);
    expect(words(ofPrompt)).toContain(`inference ${run.promptId} --model preview edge=0.5`);
    expect(words(ofPrompt)).not.toContain('Weight of the depth video');
    expect(ofPrompt.card?.actions).toMatchObject([{ verb: 'inference', target: run.promptId }]);
  });

  it('says why nothing can be tuned', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    await bench.say(`roles ${prompt.id} color=depth`);
    expect(await bench.say(`tune ${prompt.id}`)).toMatchObject({
      data: { problems: [{ code: 'input.role_missing' }] },
    });
    expect(await bench.say('tune rs_none0000')).toMatchObject({ failed: true });
  });
});

describe('roles without a change', () => {
  it('shows what each file is used as, and how to change it', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const shown = await bench.say(`roles ${prompt.id}`);
    expect(words(shown)).toContain('street.mp4');
    const [example = ''] = /roles ps_\w+ [\w.=]+/.exec(words(shown)) ?? [];
    expect(await bench.say(example)).toMatchObject({ failed: false, data: { inputs: [{ role: 'depth' }] } });
  });
});

describe('status of one run', () => {
  it('is where it stands, and the word for the hosts is the hosts', async () => {
    const { bench, run } = await open();
    expect(words(await bench.say(`status ${run.id}`))).toContain(run.id);
    expect(words(await bench.say('status hosts'))).toBe(words(await bench.say('status')));
    expect(await bench.say('status rs_none0000')).toMatchObject({ failed: true });
  });
});
