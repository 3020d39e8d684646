import { describe, expect, it } from 'vitest';
import type { Prompt } from '../../../../src/core/prompts/prompt.ts';
import { ExclusiveLock } from '../../../../src/core/store/exclusive-lock.ts';
import { must } from '../../../support/workbench.ts';
import { CommandBench, words } from './command-bench.ts';

describe('create', () => {
  it('makes a prompt of files on this machine and shows it', async () => {
    const bench = await CommandBench.open();
    const path = await bench.bench.file('a street.mp4');
    const made = await bench.say(`create prompt "A street" "${path}" --name street --negative blurry`);
    expect(made).toMatchObject({ failed: false, data: { name: 'street', negativeText: 'blurry' } });
    expect(words(made)).toContain('a street.mp4');
  });

  it('says what is wrong with it', async () => {
    const bench = await CommandBench.open();
    const refused = await bench.say('create prompt "" none.mp4 --name "No Name"');
    expect(refused.failed).toBe(true);
    expect(refused.data).toMatchObject({
      problems: [
        { code: 'input.text_empty' },
        { code: 'input.name_invalid' },
        { code: 'input.file_missing' },
      ],
    });
  });
});

describe('inference', () => {
  it('queues a run and shows it, here or in its thread', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const here = await bench.say(`inference ${prompt.name} edge=0.4 --priority 5`);
    expect(here.data).toMatchObject({ parameters: { edge: 0.4 }, priority: 5 });
    expect(words(here)).toContain('Place 1 of 1');
    const there = await bench.say(`inference ${prompt.name}`, bench.inChat);
    expect(there).toMatchObject({ failed: false });
    expect(there.card).toBeUndefined();
    expect(bench.opened).toBe(1);
  });

  it('shows what would be sent, and sends nothing', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const dry = await bench.say(`inference ${prompt.id} edge=0.4 --dry-run`, bench.inChat);
    expect(dry.data).toMatchObject({
      argv: expect.any(Array),
      files: [expect.objectContaining({ content: expect.stringContaining('0.4') })],
    });
    expect(bench.bench.api.countRuns({})).toBe(0);
    expect(bench.opened).toBe(0);
  });

  it('suggests the prompt that was meant, with a button for it', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const refused = await bench.say('inference rainy_neon_stret');
    expect(refused.card?.actions).toEqual([
      expect.objectContaining({ verb: 'inference', target: prompt.name }),
    ]);
  });

  it.each([
    ['show RUN', 'show', 'Show it'],
    ['cancel RUN', 'show', 'Show it'],
    ['rate RUN 4', 'show', 'Show it'],
    ['logs RUN', 'logs', 'Its log'],
    ['retry RUN', 'retry', 'Retry it'],
  ])('suggests the run that was meant by %s', async (line, verb, label) => {
    const bench = await CommandBench.open();
    const { id } = bench.bench.run(await bench.bench.prompt());
    const mistyped = `${id.slice(0, -1)}${id.endsWith('z') ? 'y' : 'z'}`;
    const refused = await bench.say(line.replace('RUN', mistyped));
    expect(refused.card?.actions).toEqual([{ verb, target: id, label }]);
  });

  it.each(['inference nothing', 'inference PROMPT edge=9', 'inference PROMPT --model previw'])(
    'refuses %s and opens no thread',
    async (line) => {
      const bench = await CommandBench.open();
      const prompt = await bench.bench.prompt();
      expect(await bench.say(line.replace('PROMPT', prompt.id), bench.inChat)).toMatchObject({
        failed: true,
      });
      expect(bench.opened).toBe(0);
    },
  );
});

describe('list', () => {
  it('lists prompts, all or only my own', async () => {
    const bench = await CommandBench.open();
    await bench.bench.prompt();
    const ben = { actor: bench.bench.actor('ben') };
    expect((await bench.say('list prompts', ben)).data).toHaveLength(1);
    expect((await bench.say('list prompts --mine', ben)).data).toEqual([]);
    expect((await bench.say('list prompts --mine')).data).toHaveLength(1);
  });

  it('refuses options that only runs have', async () => {
    const bench = await CommandBench.open();
    const refused = await bench.say('list prompts --status done');
    expect(refused.data).toMatchObject({
      problems: [{ code: 'input.argument_unexpected', parameters: { given: ['--status'] } }],
    });
  });

  it('lists runs by state, prompt and owner', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    bench.bench.run(prompt);
    bench.bench.run(prompt);
    bench.bench.claim();
    expect((await bench.say('list runs')).data).toHaveLength(2);
    expect((await bench.say('list runs --limit 1')).data).toHaveLength(1);
    expect((await bench.say('list runs --status queued')).data).toHaveLength(1);
    expect((await bench.say(`list runs --prompt ${prompt.name} --mine`)).data).toHaveLength(2);
    expect(await bench.say('list runs --prompt nothing')).toMatchObject({ failed: true });
  });
});

describe('paths of the bot’s machine', () => {
  it('are told to whoever sits at it, and to nobody else', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const run = bench.bench.run(prompt);
    bench.bench.claim();
    await bench.bench.end();
    const { root } = bench.bench.bot.parts.data;
    expect(words(await bench.say(`show ${run.id}`))).toContain(root);
    expect(words(await bench.say(`show ${run.id}`, bench.inChat))).not.toContain(root);
    expect(words(await bench.say(`inference ${prompt.id} --dry-run`))).not.toContain('<attempt>');
    expect(words(await bench.say(`show ${run.id}`, bench.inChat))).toContain(
      `runs/${run.id}/outputs/0-preview.mp4`,
    );
    expect(words(await bench.say(`inference ${prompt.id} --dry-run`, bench.inChat))).toContain(
      '<attempt>/out',
    );
  });
});

describe('one run', () => {
  it('is shown, cancelled, retried and rated by the beginning of its id', async () => {
    const bench = await CommandBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    const id = run.id.slice(0, 6);
    expect(words(await bench.say(`show ${id}`))).toContain(run.id);
    expect((await bench.say(`rate ${id} 5`)).data).toMatchObject({
      problems: [{ code: 'queue.run_not_finished' }],
    });
    expect((await bench.say(`cancel ${id}`)).data).toEqual({ run: run.id, result: 'cancelled' });
    expect(await bench.say(`cancel ${id}`)).toMatchObject({ failed: true });
    expect((await bench.say(`rate ${id} 3`)).data).toMatchObject({ problems: [{ code: 'queue.no_result' }] });
    expect((await bench.say(`retry ${id}`)).data).toMatchObject({ parent: { run: run.id } });
  });

  it.each(['show', 'cancel', 'logs', 'retry'])(
    'that is not known is refused by %s with the nearest',
    async (verb) => {
      const bench = await CommandBench.open();
      const run = bench.bench.run(await bench.bench.prompt());
      const refused = await bench.say(`${verb} ${run.id.slice(0, -1)}!`);
      expect(refused.failed).toBe(true);
      expect(refused.card?.actions).toEqual([expect.objectContaining({ target: run.id })]);
    },
  );

  it('is rated once it is done', async () => {
    const bench = await CommandBench.open();
    bench.bench.run(await bench.bench.prompt());
    const run = bench.bench.claim();
    await bench.bench.end();
    expect((await bench.say(`rate ${run.id} 3`)).data).toMatchObject({ rating: 3 });
  });

  it('has no progress in its data once it has ended', async () => {
    const bench = await CommandBench.open();
    bench.bench.run(await bench.bench.prompt());
    const run = bench.bench.claim();
    bench.bench.progress(run.id, 95);
    const shown = await bench.say(`show ${run.id}`);
    expect(shown.data).toMatchObject({ progress: { percent: 95 } });
    expect(words(shown)).toContain('no bot follows it now');
    await bench.bench.end();
    for (const line of [`show ${run.id}`, `rate ${run.id} 4`])
      expect((await bench.say(line)).data).not.toHaveProperty('progress');
    const [listed] = (await bench.say('list runs')).data as object[];
    expect(listed).toMatchObject({ state: 'done' });
    expect(listed).not.toHaveProperty('progress');
  });

  it('of somebody else is cancelled by an admin only', async () => {
    const bench = await CommandBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    const actor = bench.bench.actor('ben');
    const refused = await bench.say(`cancel ${run.id}`, { actor });
    expect(refused.data).toMatchObject({
      problems: [{ code: 'chat.forbidden', parameters: { role: 'admin' } }],
    });
    expect(words(refused)).toContain('on a run of ana');
    expect(bench.bench.reload(run.id).state).toBe('queued');
    expect((await bench.say(`cancel ${run.id}`, { actor, role: 'admin' })).failed).toBe(false);
  });

  it('is stopped when a bot works its lane again, where none does', async () => {
    const bench = await CommandBench.open();
    bench.bench.run(await bench.bench.prompt());
    const run = bench.bench.claim();
    const cancelled = await bench.say(`cancel ${run.id}`);
    expect(cancelled.data).toMatchObject({ result: 'requested' });
    expect(words(cancelled)).toContain('will be stopped when a bot works its lane again');
    expect(words(await bench.say(`cancel ${run.id}`))).toContain('will be stopped when');
  });

  it('is being stopped where a bot works its lane', async () => {
    const bench = await CommandBench.open();
    bench.bench.run(await bench.bench.prompt());
    const run = bench.bench.claim();
    const { data } = bench.bench.bot.parts;
    using driver = ExclusiveLock.tryAcquire(data.laneLock('here/cpu' as never));
    expect(driver).toBeDefined();
    expect(words(await bench.say(`cancel ${run.id}`))).toContain('is being stopped.');
    expect(words(await bench.say(`cancel ${run.id}`))).toContain('is being stopped already');
  });

  it('has an empty log before it begins', async () => {
    const bench = await CommandBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    expect((await bench.say(`logs ${run.id}`)).data).toEqual({ run: run.id, lines: [] });
  });

  it('that has not ended is not retried, and no thread is opened for it', async () => {
    const bench = await CommandBench.open();
    const run = bench.bench.run(await bench.bench.prompt());
    expect(await bench.say(`retry ${run.id}`, bench.inChat)).toMatchObject({ failed: true });
    expect(bench.opened).toBe(0);
  });
});

describe('one prompt', () => {
  it('is shown with what it shall not become, who made it, and its runs', async () => {
    const bench = await CommandBench.open();
    const path = await bench.bench.file('street.mp4');
    const { data } = await bench.say(`create prompt "A street" "${path}" --negative "blurry, dark"`);
    const { id } = data as Prompt;
    expect(words(await bench.say(`roles ${id} street.mp4=color`))).not.toContain('blurry');
    const before = words(await bench.say(`show ${id}`));
    expect(before).toContain('Not: blurry, dark');
    expect(before).toContain('@ana');
    expect(before).toContain('No runs so far');
    for (let runs = 0; runs < 11; runs++) bench.bench.run(must(bench.bench.api.findPrompt(id)));
    const after = words(await bench.say(`show ${id}`));
    expect(after).toContain('11 runs:');
    expect(after).toContain(`list runs --prompt ${id}`);
    expect(after.match(/rs_\w+/g)).toHaveLength(10);
  });
});

describe('the rest', () => {
  it('search finds prompts', async () => {
    const bench = await CommandBench.open();
    await bench.bench.prompt();
    expect((await bench.say('search NEON street')).data).toHaveLength(1);
    expect((await bench.say('search "100%"')).data).toEqual([]);
  });

  it('search tells how many prompts there are, beyond those that it shows', async () => {
    const bench = await CommandBench.open();
    for (const text of ['A neon street', 'A neon harbour', 'Fog']) await bench.bench.prompt(text);
    const found = await bench.say('search neon --limit 1');
    expect(found.data).toHaveLength(1);
    expect(words(found)).toContain('2 prompts with “neon”');
    expect(words(found)).toContain('1 more');
  });

  it('models lists the models, shows one, and suggests the nearest', async () => {
    const bench = await CommandBench.open();
    expect((await bench.say('models')).data).toMatchObject([{ model: 'preview' }]);
    expect((await bench.say('models preview')).data).toMatchObject({ model: 'preview' });
    expect((await bench.say('models previw')).data).toMatchObject({
      problems: [{ parameters: { nearest: 'preview' } }],
    });
  });

  it('roles changes roles and tells all that is wrong', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    expect((await bench.say(`roles ${prompt.id} street.mp4=depth`)).data).toMatchObject({
      inputs: [{ role: 'depth' }],
    });
    expect((await bench.say(`roles ${prompt.id} depth=video`)).data).toMatchObject({
      inputs: [{ role: 'color' }],
    });
    const refused = await bench.say(`roles ${prompt.id} street.mp4=dept other.mp4=colr`);
    expect(refused.data).toMatchObject({
      problems: [{ parameters: { nearest: 'depth' } }, { code: 'input.role_unknown' }],
    });
  });

  it('queue is paused and resumed', async () => {
    const bench = await CommandBench.open();
    bench.bench.run(await bench.bench.prompt());
    await bench.say('queue pause');
    expect(() => bench.bench.claim()).toThrow();
    await bench.say('queue resume');
    bench.bench.claim();
  });

  it.each(['status', 'queue', 'help', 'help inference'])('%s answers', async (line) => {
    expect(await (await CommandBench.open()).say(line)).toMatchObject({ failed: false, card: {} });
  });

  it('help of what is no command says so, and what was meant', async () => {
    expect(await (await CommandBench.open()).say('help inferense')).toMatchObject({
      failed: true,
      data: { problems: [{ code: 'input.command_unknown', parameters: { nearest: 'inference' } }] },
    });
  });

  it.each([
    ['create prompt A rainy street none.mp4', 'create prompt "A rainy street" none.mp4'],
    ['create prompt none.mp4 "A rainy street"', 'create prompt "A rainy street" none.mp4'],
  ])('%s is told how it is typed', async (line, example) => {
    expect(await (await CommandBench.open()).say(line)).toMatchObject({
      failed: true,
      data: { problems: [{ code: 'input.text_misplaced', parameters: { example } }] },
    });
  });

  it('create with nothing but a file asks for the text', async () => {
    expect(await (await CommandBench.open()).say('create prompt street.mp4')).toMatchObject({
      failed: true,
      data: { problems: [{ code: 'input.argument_missing', parameters: { argument: 'text' } }] },
    });
  });
});
