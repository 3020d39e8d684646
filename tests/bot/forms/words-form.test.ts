import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { factVideo } from '../../fakes/fact-media.ts';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { must } from '../../support/workbench.ts';
import { ANA, BEN, FormsBench, field, names, opened } from './forms-bench.ts';

describe('the form of a verb', () => {
  it('asks for the text of a new prompt, and makes one', async () => {
    const bench = await FormsBench.open();
    const form = bench.clicked('create');
    expect(names(form)).toEqual(['text', '--negative', '--name']);
    expect(field(form, 'text')).toMatchObject({ kind: 'text', multiline: true, required: true });
    expect(field(form, '--name')).toMatchObject({ label: 'Name', multiline: false, required: false });
    const sent = bench.send(form, {
      text: '--- a "rainy" street\nat night',
      '--negative': '-',
      '--name': 'rainy',
    });
    const made = await bench.execute(sent);
    expect(made).toMatchObject({
      failed: false,
      data: { name: 'rainy', text: '--- a "rainy" street\nat night', negativeText: '-', inputs: [] },
    });
    expect(JSON.stringify(made.card)).toContain('No files yet');
  });

  it('offers the runs that fit, newest first: to cancel, one’s own unless one is an admin', async () => {
    const bench = await FormsBench.open();
    const { api } = bench.bench;
    const prompt = await bench.bench.prompt();
    const own = bench.bench.run(prompt);
    bench.bench.clock.advance(1_000);
    const other = must(api.queueRun(bench.bench.actor('ben'), { prompt, parameters: {} }));
    bench.bench.clock.advance(1_000);
    const ended = bench.bench.run(prompt);
    must(api.cancelRun(bench.bench.actor(), ended));
    const offered = (user: typeof ANA, typed = '', verb = 'cancel') => {
      const form = opened(bench.clicked(verb, '', user));
      return bench.forms.choices(form.state, 'run', typed, user).map(({ value }) => value);
    };
    expect(offered(ANA)).toEqual([own.id]);
    expect(offered(BEN)).toEqual([other.id, own.id]);
    expect(offered(BEN, own.id.slice(0, 7))).toContain(own.id);
    expect(offered(BEN, 'NEON')).toEqual([other.id, own.id]);
    expect(offered(BEN, '%')).toEqual([]);
    expect(offered(ANA, '', 'retry')).toEqual([ended.id]);
    expect(offered(ANA, '', 'logs')).toEqual([ended.id, other.id, own.id]);
    expect(offered({ id: 'U_new', name: 'new', groups: [] })).toEqual([]);
    const [choice] = bench.forms.choices(opened(bench.clicked('cancel')).state, 'run', '', ANA);
    expect(choice?.label).toBe(`rainy_neon_street · ${own.id} · queued · preview · ana`);
  });

  it('offers prompts and runs where either is meant', async () => {
    const bench = await FormsBench.open();
    const prompt = await bench.bench.prompt();
    const run = bench.bench.run(prompt);
    const form = opened(bench.clicked('show'));
    const offered = bench.forms.choices(form.state, 'id', 'neon', ANA).map(({ value }) => value);
    expect(offered).toEqual([run.id, prompt.id]);
    expect(bench.send(form, { id: run.id })).toEqual({ ok: true, words: ['show', run.id] });
  });

  it('answers what is wrong beside its field', async () => {
    const bench = await FormsBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    const form = bench.clicked('rate', run.id);
    expect(field(form, 'run')).toMatchObject({ kind: 'search', initial: { value: run.id } });
    expect(field(form, 'rating')).toMatchObject({ kind: 'number', minimum: 1, maximum: 5, whole: true });
    expect(bench.send(form, { run: 'rs_none0000', rating: '9' })).toEqual({
      ok: false,
      problems: {
        run: expect.stringContaining('I know no run "rs_none0000"'),
        rating: expect.stringContaining('from 1 to 5; you wrote "9"'),
      },
    });
    expect(bench.send(form, {})).toMatchObject({
      problems: { rating: expect.stringContaining('needs RATING: 1 to 5') },
    });
    expect(bench.send(form, { rating: '4' })).toEqual({ ok: true, words: ['rate', run.id, '4'] });
  });

  it('has the parameters of a rerun one in each line', async () => {
    const bench = await FormsBench.open();
    const run = await bench.run();
    const form = bench.typed('rerun');
    expect(bench.send(form, { run: run.id, '=': ' seed=9 \r\n\nedge=0.5' })).toEqual({
      ok: true,
      words: ['rerun', run.id, 'seed=9', 'edge=0.5'],
    });
  });

  it.each([
    'status',
    'queue',
    'help',
    'models',
    'list runs',
    'cancel rs_1',
    'rate rs_1 6',
    'nonsense',
    'cancel "',
    'search',
  ])('stands for %j only where something is missing', async (text) => {
    const bench = await FormsBench.open();
    expect(bench.typed(text) === undefined).toBe(text !== 'search');
  });

  it('is not opened in a thread that tells what is missing', async () => {
    const bench = await FormsBench.open();
    const where = { ...CHANNEL, thread: 'T1' };
    const prompt = await bench.bench.prompt();
    bench.bench.run(prompt, bench.bench.store.threads.ensure(where).id);
    expect(bench.typed('cancel', ANA, where)).toBeUndefined();
    expect(bench.typed('cancel', ANA)).toBeDefined();
  });

  it.each(Object.keys(COMMANDS))('of %s is within what every platform can show', async (verb) => {
    const bench = await FormsBench.open();
    const form = bench.clicked(verb, '', BEN);
    if (form === undefined) return;
    expect(form.title.length).toBeLessThanOrEqual(24);
    expect(form.submit.length).toBeLessThanOrEqual(24);
    for (const each of form.fields) {
      expect(each.label.length).toBeLessThanOrEqual(45);
      expect((each.help ?? '').length).toBeLessThanOrEqual(100);
      if (each.kind === 'choice') expect(each.choices.length).toBeGreaterThan(0);
    }
    expect(bench.forms.refresh(form.state, {}, BEN)).toEqual(form);
  });
});

describe('the form of the roles', () => {
  async function open() {
    const bench = await FormsBench.open();
    const { api } = bench.bench;
    const files = [
      { path: await bench.bench.file('street.mp4'), role: 'color' as const },
      { path: await bench.bench.file('second.mp4'), role: 'edge' as const },
    ];
    const prompt = must(await api.createPrompt(bench.bench.actor(), { text: 'A street', files }));
    return { bench, prompt };
  }

  it('has one choice for each file, and changes what was chosen otherwise', async () => {
    const { bench, prompt } = await open();
    const form = bench.clicked('roles', prompt.id);
    expect(field(form, 'file:edge')).toMatchObject({ kind: 'choice', label: 'second.mp4', initial: 'edge' });
    const sent = bench.send(form, { 'file:edge': 'depth' });
    expect(sent).toEqual({ ok: true, words: ['roles', prompt.id, 'edge=depth'] });
    expect(await bench.execute(sent)).toMatchObject({
      data: { inputs: [{ role: 'color' }, { originalName: 'second.mp4', role: 'depth' }] },
    });
  });

  it('offers files that were sent and are not used; one that gets a role takes the place of the other', async () => {
    const bench = await FormsBench.open();
    const { api } = bench.bench;
    const prompt = await bench.bench.prompt();
    const path = await bench.bench.file('second.mp4', factVideo({}, 'second'));
    const added = must(await api.addFiles(bench.bench.actor(), prompt, { files: [{ path }] }));
    expect(added).toMatchObject({
      added: [],
      taken: [{ role: 'color', sent: { originalName: 'second.mp4' } }],
    });
    const form = bench.clicked('roles', prompt.id);
    const [, offer = ''] = names(form);
    expect(field(form, offer)).toMatchObject({ label: 'second.mp4', required: false });
    expect(bench.send(form)).toEqual({ ok: true, words: ['roles', prompt.id] });
    await bench.execute(bench.send(form, { [offer]: 'color' }));
    expect(api.getPrompt(prompt.id)?.inputs).toMatchObject([{ role: 'color', originalName: 'second.mp4' }]);
    expect(api.offeredFiles(prompt)).toMatchObject([{ originalName: 'street.mp4' }]);
    const again = bench.clicked('roles', prompt.id);
    const refused = bench.send(again, { 'file:color': 'depth', [names(again)[1] ?? '']: 'depth' });
    expect(refused).toMatchObject({
      ok: false,
      problems: { 'file:color': expect.stringContaining('depth') },
    });
  });

  it('exchanges two roles, and refuses one role for two files', async () => {
    const { bench, prompt } = await open();
    const form = bench.clicked('roles', prompt.id);
    const exchanged = bench.send(form, { 'file:color': 'edge', 'file:edge': 'color' });
    expect(await bench.execute(exchanged)).toMatchObject({
      data: {
        inputs: expect.arrayContaining([
          expect.objectContaining({ originalName: 'street.mp4', role: 'edge' }),
        ]),
      },
    });
    expect(bench.send(form, { 'file:edge': 'color' })).toMatchObject({ ok: false });
  });

  it('asks for the prompt first where none is meant', async () => {
    const { bench, prompt } = await open();
    const form = bench.clicked('roles');
    expect(names(form)).toEqual(['prompt', '=']);
    expect(bench.send(form, { prompt: prompt.id, '=': 'second.mp4=depth' })).toMatchObject({
      words: ['roles', prompt.id, 'second.mp4=depth'],
    });
    expect(bench.typed(`roles ${prompt.id} second.mp4=depth`)).toBeUndefined();
  });
});
