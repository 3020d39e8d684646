import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { Problem } from '../../../src/core/errors.ts';
import type { Form, FormResult } from '../../../src/core/ports/chat-surfaces.ts';
import { ANA, FormsBench, field, initialValues, names, opened } from './forms-bench.ts';

const SEED = 'parameter:seed';
const EDGE = 'parameter:edge';
const STEPS = 'parameter:num_steps';

/** A form of the model with seeds and drafts, for a prompt. */
async function open(words = '') {
  const bench = await FormsBench.open();
  const prompt = (await bench.bench.prompt()).id;
  const form = opened(bench.typed(`inference --model transfer1 ${words}`));
  const send = (values: Record<string, string>): FormResult => bench.send(form, { prompt, ...values });
  return { bench, prompt, form, send };
}

function problemsOf(result: FormResult): Readonly<Record<string, string>> {
  return result.ok ? {} : result.problems;
}

function again(bench: FormsBench, form: Form, values: Record<string, string>): Form {
  return bench.forms.refresh(form.state, { ...initialValues(form), ...values }, ANA);
}

describe('several values in a field', () => {
  it('are a request with a run of each, as they are when typed', async () => {
    const { bench, prompt, send } = await open();
    const sent = send({ [SEED]: '7, 11', [EDGE]: '0.2,0.5', 'parameter:fps': '24,24' });
    expect(sent).toEqual({
      ok: true,
      words: ['inference', prompt, '--model', 'transfer1', 'edge=0.2,0.5', 'seed=7, 11', 'fps=24,24'],
    });
    const { data } = await bench.execute(sent);
    expect(data).toMatchObject({ isBatch: true, varied: ['edge', 'seed'] });
    expect(Object(data).runs.map(({ parameters: { seed, edge } }: never) => [edge, seed])).toEqual([
      [0.2, 7],
      [0.2, 11],
      [0.5, 7],
      [0.5, 11],
    ]);
  });

  it('may be a range; one that is all the same value is one run', async () => {
    const { bench, send } = await open();
    expect(await bench.execute(send({ [SEED]: '1..4' }))).toMatchObject({ data: { varied: ['seed'] } });
    expect(await bench.execute(send({ [SEED]: '3..3' }))).toMatchObject({
      data: { state: 'queued', parameters: { seed: 3 } },
    });
  });

  it('so many that they need a yes are shown first', async () => {
    const { bench, send } = await open();
    const { data, card } = await bench.execute(send({ [SEED]: '1..9' }));
    expect(data).toMatchObject({ count: 9, confirm: expect.stringMatching(/^rq_/) });
    expect(card?.actions).toMatchObject([{ verb: 'confirm' }]);
    expect(bench.bench.api.countRuns({})).toBe(0);
  });

  it.each([
    [{ [SEED]: '1..' }, SEED],
    [{ [SEED]: '1,,2' }, SEED],
    [{ [SEED]: '1..9..0' }, SEED],
    [{ [EDGE]: '0.2,8' }, EDGE],
    [{ [EDGE]: '0,5' }, EDGE],
    [{ [EDGE]: 'low' }, EDGE],
    // More than a request takes: of the field with the most.
    [{ [SEED]: '1..51' }, SEED],
    [{ [SEED]: '1..99999999999' }, SEED],
    [{ [EDGE]: '0.1,0.2,0.3', [SEED]: '1..30' }, SEED],
  ])('that are wrong, as %o, are answered at their field in the words of the command', async (values, at) => {
    const { bench, prompt, send } = await open();
    const typed = Object.entries(values).map(([name, value]) => `${name.replace('parameter:', '')}=${value}`);
    const words = ['inference', prompt, '--model', 'transfer1', ...typed];
    const { data } = await bench.execute({ ok: true, words });
    const answered = Object(data).problems.map((problem: Problem) => {
      const { sentence, nextStep } = explain(problem);
      return `${sentence} ${nextStep}`.replaceAll('`', '').trim();
    });
    expect(problemsOf(send(values))).toEqual({ [at]: answered.join(' ') });
  });

  it('take fifty runs in one request, and not one more', async () => {
    const { send } = await open();
    expect(send({ [SEED]: '1..50' }).ok).toBe(true);
    expect(send({ [SEED]: '1..25', [EDGE]: '0.2,0.5' }).ok).toBe(true);
    expect(send({ [SEED]: '1..26', [EDGE]: '0.2,0.5' }).ok).toBe(false);
  });

  it('stay as they were entered where the form is shown again, wrong ones too', async () => {
    const { bench, form } = await open();
    const next = again(bench, form, { [SEED]: '7, 11', [EDGE]: '0.2,8', 'parameter:fps': '' });
    expect(field(next, SEED)).toMatchObject({ initial: '7, 11' });
    expect(field(next, EDGE)).toMatchObject({ initial: '0.2,8' });
    expect(field(next, 'parameter:fps')).toMatchObject({ initial: '24' });
  });

  it('stay for another model where all of them fit it', async () => {
    const { bench, form } = await open();
    const next = again(bench, form, {
      ...{ [EDGE]: '0.2, 0.5', 'parameter:vis': '0.2,8', 'parameter:fps': '24,30', model: 'preview' },
    });
    expect(field(next, EDGE)).toMatchObject({ initial: '0.2, 0.5' });
    expect(field(next, 'parameter:vis')).toMatchObject({ initial: '0.2' });
    expect(field(next, 'parameter:fps')).toMatchObject({ initial: '24,30' });
    expect(names(next)).not.toContain(SEED);
  });

  it('of a choice are typed in the command; the form keeps them', async () => {
    const { bench, prompt, form, send } = await open('canny_threshold=low,high refine=true,false seed=1..3');
    expect(field(form, 'parameter:canny_threshold')).toMatchObject({ kind: 'text', initial: 'low,high' });
    expect(field(form, SEED)).toMatchObject({ initial: '1..3' });
    const sent = send({});
    expect(sent).toMatchObject({ words: expect.arrayContaining(['canny_threshold=low,high', 'seed=1..3']) });
    const one = again(bench, form, { prompt, 'parameter:canny_threshold': 'low' });
    expect(field(one, 'parameter:canny_threshold')).toMatchObject({ kind: 'choice', initial: 'low' });
  });

  it('that stand several times in a command are one list of them, as its answer offers where there is no form', async () => {
    const { form } = await open('seed=5 seed=1..3 edge=0.1 edge=0.9');
    expect(field(form, SEED)).toMatchObject({ initial: '5,1..3' });
    expect(field(form, EDGE)).toMatchObject({ initial: '0.1,0.9' });
  });

  it('of a run that is tuned are a request with all that the run was', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run({ edge: 0.6, seed: 42 });
    const sent = bench.send(bench.clicked('tune', run.id), { [SEED]: '1..2', 'parameter:vis': '0.1,0.2' });
    expect(sent).toEqual({ ok: true, words: ['rerun', run.id, 'vis=0.1,0.2', 'seed=1..2'] });
    const { data } = await bench.execute(sent);
    expect(data).toMatchObject({ isBatch: true, varied: ['vis', 'seed'] });
    for (const each of Object(data).runs)
      expect(each).toMatchObject({ parameters: { edge: 0.6 }, parent: { run: run.id, relation: 'vary' } });
    expect(problemsOf(bench.send(bench.clicked('tune', run.id), { [SEED]: '1..51' }))).toEqual({
      [SEED]: expect.stringContaining('51'),
    });
  });
});

describe('the box for a draft', () => {
  const BOX = '--draft';

  it('is there for models that have drafts, and says what one is', async () => {
    const { bench, form } = await open();
    expect(names(form).slice(0, 3)).toEqual(['prompt', 'model', BOX]);
    expect(field(form, BOX)).toEqual({
      ...{ kind: 'check', name: BOX, label: 'Draft', required: false, initial: false },
      help: 'A quick look (num_steps 8); its result has a button for the full run',
    });
    expect(names(bench.typed('inference --model preview'))).not.toContain(BOX);
  });

  it('that is ticked is what `--draft` is when typed', async () => {
    const { bench, prompt, send } = await open();
    const sent = send({ [BOX]: 'true', [SEED]: '1..2' });
    expect(sent).toEqual({
      ok: true,
      words: ['inference', prompt, '--model', 'transfer1', 'seed=1..2', '--draft'],
    });
    const { data } = await bench.execute(sent);
    expect(Object(data).runs).toMatchObject([
      { draft: ['num_steps'], parameters: { num_steps: 8, seed: 1 } },
      { draft: ['num_steps'], parameters: { num_steps: 8, seed: 2 } },
    ]);
    const [run] = bench.bench.api.listRuns({ limit: 1 });
    const full = await bench.execute({ ok: true, words: ['promote', run?.id ?? ''] });
    expect(full.data).toMatchObject({ parameters: { num_steps: 35 }, parent: { relation: 'promote' } });
  });

  it('does not go before what was filled in, nor does it stay where it was left empty', async () => {
    const { bench, send } = await open();
    const steps = await bench.execute(send({ [BOX]: 'true', [STEPS]: '20' }));
    expect(steps.data).toMatchObject({ draft: ['num_steps'], parameters: { num_steps: 20 } });
    const full = await bench.execute(send({ [BOX]: 'false' }));
    expect(full.data).not.toHaveProperty('draft');
  });

  it('is ticked where that was typed, and can be unticked', async () => {
    const { form, send } = await open('--draft');
    expect(field(form, BOX)).toMatchObject({ initial: true });
    expect(send({})).toMatchObject({ words: expect.arrayContaining(['--draft']) });
    const { words } = Object(send({ [BOX]: 'false' }));
    expect(words).not.toContain('--draft');
    expect(field((await open('--draft=false')).form, BOX)).toMatchObject({ initial: false });
  });

  it('goes with a model without drafts, and comes back as it was', async () => {
    const { bench, prompt, form } = await open();
    const without = again(bench, form, { prompt, [BOX]: 'true', model: 'preview' });
    expect(names(without)).not.toContain(BOX);
    expect(bench.send(without)).toEqual({ ok: true, words: ['inference', prompt, '--model', 'preview'] });
    const back = again(bench, without, { model: 'transfer1' });
    expect(field(back, BOX)).toMatchObject({ initial: true });
    const off = again(bench, back, { [BOX]: 'false' });
    expect(
      field(again(bench, again(bench, off, { model: 'preview' }), { model: 'transfer1' }), BOX),
    ).toMatchObject({
      initial: false,
    });
  });

  it('that was typed for a model without drafts is refused at the model, until one with drafts is chosen', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = opened(bench.typed('inference --model preview --draft'));
    expect(problemsOf(bench.send(form, { prompt }))).toEqual({
      model: expect.stringMatching(/preview has no draft.*draft with transfer1/),
    });
    expect(field(again(bench, form, { model: 'transfer1' }), BOX)).toMatchObject({ initial: true });
  });

  it('that is sent with a model without drafts is refused there: Discord shows it whatever is chosen', async () => {
    const { send } = await open();
    expect(problemsOf(send({ [BOX]: 'true', model: 'preview' }))).toEqual({
      [BOX]: expect.stringContaining('preview has no draft'),
    });
    expect(send({ [BOX]: 'false', model: 'preview' }).ok).toBe(true);
  });

  it('of a run that was a draft is ticked: unticked it is the full run, with the same seed', async () => {
    const { bench, send } = await open();
    await bench.execute(send({ [BOX]: 'true', [SEED]: '42' }));
    const [run] = bench.bench.api.listRuns({ limit: 1 });
    const form = bench.clicked('tune', run?.id);
    expect(field(form, BOX)).toMatchObject({ initial: true });
    expect(field(form, STEPS)).toMatchObject({ initial: '8' });
    expect(bench.send(form)).toEqual({ ok: true, words: ['rerun', run?.id, 'seed=42'] });
    const full = bench.send(form, { [BOX]: 'false' });
    expect(full).toEqual({ ok: true, words: ['rerun', run?.id, '--draft=false'] });
    const { data } = await bench.execute(full);
    expect(data).toMatchObject({ parameters: { seed: 42, num_steps: 35 }, parent: { relation: 'vary' } });
    expect(data).not.toHaveProperty('draft');
  });

  it('of a full run is empty: ticked it is a draft with the same seed, and what it was set to stays', async () => {
    const bench = await FormsBench.open();
    for (const [parameters, steps] of [
      [{ seed: 42, edge: 0.6 }, 8],
      [{ seed: 42, edge: 0.6, num_steps: 50 }, 50],
    ] as const) {
      const run = await bench.run(parameters);
      const form = bench.clicked('tune', run.id);
      expect(field(form, BOX)).toMatchObject({ initial: false });
      const sent = bench.send(form, { [BOX]: 'true' });
      expect(sent).toEqual({ ok: true, words: ['rerun', run.id, '--draft'] });
      expect(await bench.execute(sent)).toMatchObject({
        data: { draft: ['num_steps'], parameters: { seed: 42, edge: 0.6, num_steps: steps } },
      });
    }
  });
});
