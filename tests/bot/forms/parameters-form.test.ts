import { describe, expect, it } from 'vitest';
import type { Form } from '../../../src/core/ports/chat-surfaces.ts';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { ANA, BEN, FormsBench, field, initialValues, names, opened } from './forms-bench.ts';

const EVE = { id: 'U_eve', name: 'eve', groups: [] };

describe('the form of a run', () => {
  it('is opened by a command without a prompt, and by a button', async () => {
    const bench = await FormsBench.open();
    for (const form of [bench.typed('inference'), bench.typed('run'), bench.clicked('inference')]) {
      expect(names(form).slice(0, 4)).toEqual(['prompt', 'model', 'parameter:edge', 'parameter:vis']);
      expect(field(form, 'prompt')).toMatchObject({ kind: 'search', required: true });
      expect(field(form, 'prompt')).not.toHaveProperty('initial');
    }
  });

  it('is not opened where nothing is missing, where something is wrong, or where the role does not allow it', async () => {
    const bench = await FormsBench.open();
    const { id } = await bench.bench.prompt();
    for (const text of [
      `inference ${id}`,
      'inference ps_none0000',
      'inference --speed 9',
      'tune ps_none0000',
    ]) {
      expect(bench.typed(text)).toBeUndefined();
    }
    expect(bench.typed('inference', EVE)).toBeUndefined();
    expect(bench.clicked('tune', id, EVE)).toBeUndefined();
    expect(bench.clicked('tune', id)).toBeDefined();
  });

  it('asks for the parameters of its model as the profile has them, the essential ones first', async () => {
    const bench = await FormsBench.open();
    const form = bench.typed('inference --model transfer1');
    expect(field(form, 'model')).toMatchObject({
      kind: 'choice',
      initial: 'transfer1',
      refreshes: true,
      choices: [{ value: 'preview' }, { value: 'transfer1', label: 'transfer1 · Cosmos-Transfer1 7B' }],
    });
    expect(field(form, 'parameter:edge')).toEqual({
      kind: 'text',
      name: 'parameter:edge',
      label: 'Edges',
      help: 'number from 0 to 1, usually 0.25, or several: 0.2, 0.5. Weight of the edges; 0 leaves them out',
      required: false,
      ...{ multiline: false, initial: '0.25' },
    });
    expect(field(form, 'parameter:seed')).toMatchObject({
      ...{ kind: 'text', initial: '1' },
      help: '0 to 2147483647, usually 1, or several: 1..4, or 7, 11. Each part of a long video takes the next one',
    });
    expect(field(form, 'parameter:use_distilled')).toMatchObject({
      kind: 'choice',
      initial: 'false',
      choices: [
        { value: 'true', label: 'yes' },
        { value: 'false', label: 'no' },
      ],
    });
    expect(field(form, 'parameter:seg_prompt')).toMatchObject({ kind: 'text' });
    const { profile } = bench.bench.api.models()[1] ?? {};
    const essential = names(form)
      .filter((name) => name.startsWith('parameter:'))
      .map((name) => profile?.parameters[name.slice('parameter:'.length)]?.essential);
    expect(essential).toEqual(essential.toSorted((one, other) => Number(other) - Number(one)));
  });

  it('stays within what every platform can show', async () => {
    const bench = await FormsBench.open();
    for (const model of ['preview', 'transfer1']) {
      const form = opened(bench.typed(`inference --model ${model}`, BEN));
      expect(form.state.length).toBeLessThanOrEqual(1_000);
      expect(form.title.length).toBeLessThanOrEqual(24);
      expect(form.submit.length).toBeLessThanOrEqual(24);
      expect(new Set(names(form)).size).toBe(form.fields.length);
      for (const { kind, label, help = '' } of form.fields) {
        expect(label.length).toBeLessThanOrEqual(45);
        expect(help.length).toBeLessThanOrEqual(kind === 'check' ? 75 : 100);
      }
    }
  });

  it('asks for the priority only whoever may raise it', async () => {
    const bench = await FormsBench.open();
    expect(names(bench.typed('inference', ANA))).not.toContain('--priority');
    const form = bench.typed('inference', BEN);
    const prompt = (await bench.bench.prompt()).id;
    expect(bench.send(form, { prompt, '--priority': '5' })).toMatchObject({
      ok: true,
      words: ['inference', prompt, '--model', 'preview', '--priority', '5'],
    });
    expect(bench.send(form, { prompt, '--priority': '500' })).toMatchObject({
      ok: false,
      problems: { '--priority': expect.stringContaining('from -100 to 100') },
    });
  });

  it('shows what another model usually has, but for what somebody chose', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = opened(bench.typed('inference --model preview'));
    const shown = { prompt, ...initialValues(form), 'parameter:vis': '0.7' };
    const other = bench.forms.refresh(form.state, { ...shown, model: 'transfer1' }, ANA);
    expect(field(form, 'parameter:edge')).toMatchObject({ initial: '0.8' });
    expect(field(other, 'parameter:edge')).toMatchObject({ initial: '0.25' });
    expect(field(other, 'parameter:vis')).toMatchObject({ initial: '0.7' });
    const back = bench.forms.refresh(other.state, { prompt, ...initialValues(other), model: 'preview' }, ANA);
    expect(field(back, 'parameter:edge')).toMatchObject({ initial: '0.8' });
    expect(field(back, 'parameter:vis')).toMatchObject({ initial: '0.7' });
    // Sent before the other fields were shown.
    expect(bench.send(form, { ...shown, model: 'transfer1' })).toEqual({
      ok: true,
      words: ['inference', prompt, '--model', 'transfer1', 'vis=0.7'],
    });
  });

  it('keeps what was typed, shown or not', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = bench.typed('inference edge=0.5 --dry-run --priority -2');
    expect(field(form, 'parameter:edge')).toMatchObject({ initial: '0.5' });
    const sent = bench.send(form, { prompt });
    expect(sent).toMatchObject({
      words: ['inference', prompt, '--model', 'preview', 'edge=0.5', '--dry-run', '--priority=-2'],
    });
    await bench.execute(sent);
    expect(bench.bench.api.countRuns({})).toBe(0);
  });

  it('becomes the words of a run, with what differs from the defaults alone', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = bench.typed('inference');
    const sent = bench.send(form, { prompt, 'parameter:edge': '0.50', 'parameter:vis': '0.2' });
    expect(sent).toEqual({ ok: true, words: ['inference', prompt, '--model', 'preview', 'edge=0.50'] });
    expect(await bench.execute(sent)).toMatchObject({ data: { parameters: { edge: 0.5, vis: 0.2 } } });
  });

  it('answers wrong values beside their fields, in the words of the command line', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = bench.typed('inference --model transfer1');
    const wrong = {
      prompt,
      'parameter:edge': '8',
      'parameter:seed': 'abc',
      'parameter:canny_threshold': 'hi',
    };
    expect(bench.send(form, wrong)).toEqual({
      ok: false,
      problems: {
        'parameter:edge':
          'edge is a weight from 0 to 1; you wrote 8. Did you mean 0.8? Correct the value and send it again.',
        'parameter:seed':
          'seed takes a whole number from 0 to 2147483647; you wrote abc. Correct the value and send it again.',
        'parameter:canny_threshold':
          'canny_threshold is very_low, low, medium, high or very_high; you wrote hi. Did you mean high? Use one of these words.',
      },
    });
    expect(bench.send(form, { prompt: 'ps_none0000' })).toMatchObject({
      problems: { prompt: expect.stringContaining('I know no prompt') },
    });
    const zero = Object.fromEntries(
      ['edge', 'vis', 'depth', 'seg', 'keypoint'].map((name) => [`parameter:${name}`, '0']),
    );
    expect(bench.send(form, { prompt, ...zero })).toMatchObject({
      ok: false,
      problems: { [Object.keys(zero)[1] ?? '']: expect.stringContaining('All control weights are 0') },
    });
  });

  it('answers every refusal beside a field that it has', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = bench.typed('inference --model transfer1');
    const sent = bench.send(form, { prompt, 'parameter:use_distilled': 'true', 'parameter:vis': '0.7' });
    expect(sent.ok).toBe(false);
    expect(sent.ok ? [] : Object.keys(sent.problems).filter((name) => !names(form).includes(name))).toEqual(
      [],
    );
  });

  it('asks anew for another model, and keeps what fits it', async () => {
    const bench = await FormsBench.open();
    const prompt = (await bench.bench.prompt()).id;
    const form = opened(bench.typed('inference'));
    const filled = {
      ...initialValues(form),
      prompt,
      model: 'transfer1',
      'parameter:edge': '0.5',
      'parameter:fps': '200',
    };
    const other = bench.forms.refresh(form.state, filled, ANA);
    expect(field(other, 'prompt')).toMatchObject({ initial: { value: prompt } });
    expect(field(other, 'model')).toMatchObject({ initial: 'transfer1' });
    expect(field(other, 'parameter:edge')).toMatchObject({ initial: '0.5' });
    expect(field(other, 'parameter:fps')).toMatchObject({ initial: '24' });
    expect(names(other)).toContain('parameter:seed');
  });

  it('offers prompts by name, text and id, newest first, at most 25', async () => {
    const bench = await FormsBench.open();
    const { state } = opened(bench.typed('inference'));
    const prompts = [];
    for (const text of ['Rain on neon', 'A harbour at dawn', 'Neon fish']) {
      prompts.push(await bench.bench.prompt(text));
      bench.bench.clock.advance(1_000);
    }
    const [rain, harbour, fish] = prompts;
    const found = (typed: string) =>
      bench.forms.choices(state, 'prompt', typed, ANA).map(({ value }) => value);
    expect(found('')).toEqual([fish?.id, harbour?.id, rain?.id]);
    expect(found(' NEON ')).toEqual([fish?.id, rain?.id]);
    expect(found(harbour?.id.toUpperCase() ?? '')).toEqual([harbour?.id]);
    expect(found('nothing')).toEqual([]);
    for (let index = 0; index < 25; index += 1) await bench.bench.prompt(`Fog ${index}`);
    expect(found('')).toHaveLength(25);
    expect(bench.forms.choices(state, 'model', '', ANA)).toEqual([]);
  });

  it('has the prompt of its thread filled in', async () => {
    const bench = await FormsBench.open();
    const where = { ...CHANNEL, thread: 'T1' };
    const thread = bench.bench.store.threads.ensure(where).id;
    const { id } = await bench.bench.prompt('A street', thread);
    expect(field(bench.typed('inference', ANA, where), 'prompt')).toMatchObject({ initial: { value: id } });
  });
});

describe('tuning', () => {
  const words = (bench: FormsBench, form: Form | undefined, values = {}): readonly string[] => {
    const sent = bench.send(form, values);
    if (!sent.ok) throw new Error(JSON.stringify(sent.problems));
    return sent.words;
  };

  it('a prompt begins with its first fitting model, and leaves out what cannot have a say', async () => {
    const bench = await FormsBench.open();
    const { id } = await bench.bench.prompt();
    const form = bench.clicked('tune', id);
    expect(field(form, 'prompt')).toMatchObject({ initial: { value: id } });
    // A weight of a file that is not there.
    expect(names(form)).not.toContain('parameter:depth');
    expect(words(bench, form, { 'parameter:edge': '0.4' })).toEqual([
      ...['inference', id, '--model', 'preview', 'edge=0.4'],
    ]);
  });

  it('a run begins with what it was, and keeps where it came from', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run({ edge: 0.6, seed: 42 });
    const form = bench.clicked('tune', run.id);
    expect(field(form, 'model')).toMatchObject({ initial: 'transfer1' });
    expect(field(form, 'parameter:edge')).toMatchObject({ initial: '0.6' });
    expect(field(form, 'parameter:seed')).toMatchObject({ initial: '42' });
    const sent = bench.send(form, { 'parameter:vis': '0.1' });
    expect(sent).toEqual({ ok: true, words: ['rerun', run.id, 'vis=0.1'] });
    expect(await bench.execute(sent)).toMatchObject({
      data: { parameters: { edge: 0.6, seed: 42, vis: 0.1 }, parent: { run: run.id, relation: 'vary' } },
    });
  });

  it('a run without changing anything is the same run again, its seed too', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run({ seed: 42 });
    expect(words(bench, bench.clicked('tune', run.id))).toEqual(['rerun', run.id, 'seed=42']);
    const unseeded = await bench.run({}, 'preview');
    expect(words(bench, bench.clicked('tune', unseeded.id))).toEqual(['rerun', unseeded.id]);
  });

  it('a run with another model begins with the defaults of that model', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run({ edge: 0.6 });
    const form = opened(bench.clicked('tune', run.id));
    const other = bench.forms.refresh(form.state, { model: 'preview' }, ANA);
    expect(field(other, 'parameter:edge')).toMatchObject({ initial: '0.8' });
    expect(words(bench, other, { 'parameter:vis': '0.4' })).toEqual([
      ...['rerun', run.id, '--model', 'preview', 'vis=0.4'],
    ]);
  });

  it('a run with another prompt is a run of that prompt', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run({ edge: 0.6 });
    const { id } = await bench.bench.prompt('Another street');
    expect(words(bench, bench.clicked('tune', run.id), { prompt: id })).toEqual(
      expect.arrayContaining(['inference', id, '--model', 'transfer1', 'edge=0.6']),
    );
  });
});

describe('a form of another version', () => {
  it.each(['', '{', '{"verb":"toString"}', '[]', 'null', '{"verb":"inference"}'])(
    '%j is refused in words, and offers nothing',
    async (state) => {
      const bench = await FormsBench.open();
      expect(bench.forms.choices(state, 'prompt', '', ANA)).toEqual([]);
      expect(bench.forms.refresh(state, {}, ANA)).toMatchObject({ state, fields: [] });
      expect(bench.forms.submit(state, { prompt: 'ps_1' })).toEqual({
        ok: false,
        problems: { prompt: expect.stringContaining('another version') },
      });
    },
  );
});
