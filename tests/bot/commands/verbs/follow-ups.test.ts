import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wanted } from '../../../../src/bot/chat/wanted.ts';
import { resultCard } from '../../../../src/bot/thread-view/result-card.ts';
import type { LaneName } from '../../../../src/core/ids.ts';
import type { Run, RunOutput } from '../../../../src/core/runs/run.ts';
import { factVideo } from '../../../fakes/fact-media.ts';
import { TWO_MODELS } from '../../../support/two-models.ts';
import { must } from '../../../support/workbench.ts';
import { CommandBench, words } from './command-bench.ts';

const MODELS = ['transfer1', 'transfer1-upscale', 'transfer1-enhance', 'cosmos3'];
const CONFIG = TWO_MODELS.replace('["transfer1"]', JSON.stringify(MODELS)).replace(
  '[models.transfer1.command]\nworking_directory = "code"',
  MODELS.map((id) => `[models.${id}.command]\nworking_directory = "code"`).join('\n'),
);
const LANE = 'gpu/one' as LaneName;
const EDGE = { edge: 1, vis: 0, depth: 0, seg: 0 };

/** Ends the run that is next with these outputs. */
async function finish(bench: CommandBench, outputs: readonly Partial<RunOutput>[]): Promise<Run> {
  const { store, bot } = bench.bench;
  const attempt = store.attempts.claim(LANE, MODELS, store.instance);
  if (attempt === undefined) throw new Error('no run waits');
  const directory = bot.parts.data.outputs(attempt.run);
  await mkdir(directory, { recursive: true });
  const written: RunOutput[] = [];
  for (const [index, output] of outputs.entries()) {
    const content = output.text ?? factVideo({}, attempt.run);
    const path = join(directory, `${index}-result`);
    await writeFile(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const { mark: _, ...facts } = JSON.parse(factVideo());
    written.push({
      ...{ kind: 'video', purpose: 'primary', label: 'video', path, bytes: content.length, sha256 },
      ...(output.text === undefined && { facts }),
      ...output,
    });
  }
  store.attempts.end(attempt, { outcome: 'done', outputs: written });
  return bench.bench.reload(attempt.run);
}

async function withResult() {
  const bench = await CommandBench.open(CONFIG);
  const prompt = await bench.bench.prompt();
  const order = { prompt, model: 'transfer1', parameters: EDGE };
  must(bench.bench.api.queueRun(bench.bench.actor(), order));
  return { bench, prompt, run: await finish(bench, [{}]) };
}

describe('upscale', () => {
  it('queues the result of a run for the upscaler of its family, and says how large it will be', async () => {
    const { bench, run } = await withResult();
    const answer = await bench.say(`upscale ${run.id} --text "Every drop sharp" upscale=0.7`);

    expect(answer.data).toMatchObject({
      ...{ profileId: 'transfer1-upscale', text: 'Every drop sharp', negativeText: '' },
      parameters: { upscale: 0.7, num_steps: 10 },
      parent: { run: run.id, relation: 'upscale' },
      inputs: [{ role: 'color', originalName: `${run.id}.mp4`, asset: { sha256: run.outputs[0]?.sha256 } }],
    });
    expect(words(answer)).toContain('to 3840×2112');
    expect(words(answer)).toContain(`"upscaled from ",{"code":"${run.id}"}`);
  });

  it('shows what would be sent with --dry-run, and queues nothing', async () => {
    const { bench, prompt, run } = await withResult();
    const before = bench.bench.api.listRuns({ limit: 50 }).length;
    const large = await bench.say(`upscale ${run.id} upscale=0.7 --dry-run`, bench.inChat);
    const text = await bench.say(`enhance ${prompt.id} --dry-run`, bench.inChat);

    expect(words(large)).toContain('nothing was sent');
    expect(large.data).toMatchObject({
      files: [{ content: expect.stringContaining('"control_weight": 0.7') }],
    });
    expect(text.data).toMatchObject({ argv: expect.arrayContaining([`--prompt=${prompt.text}`]) });
    expect(bench.bench.api.listRuns({ limit: 50 })).toHaveLength(before);
    expect(bench.opened).toBe(0);
    expect((await bench.say(`upscale ${run.id} upscale=7 --dry-run`)).failed).toBe(true);
  });

  it('is said to have been done before, and done again all the same', async () => {
    const { bench, run } = await withResult();
    const first = (await bench.say(`upscale ${run.id}`)).data as Run;
    bench.bench.clock.advance(1000);
    const second = await bench.say(`upscale ${run.id}`);

    expect(second.failed).toBe(false);
    expect(words(second)).toContain(`"done before as ",{"code":"${first.id}"}`);
    bench.bench.clock.advance(1000);
    expect(words(await bench.say(`upscale ${run.id}`))).toContain('and 1 more time');
  });

  it('of an upscaled video is refused in words, also after a retry of it', async () => {
    const { bench, run } = await withResult();
    await bench.say(`upscale ${run.id}`);
    const larger = await finish(bench, [{}]);
    await bench.say(`retry ${larger.id}`);
    const again = await finish(bench, [{}]);

    expect(again).toMatchObject({ profileId: 'transfer1-upscale', parent: { relation: 'retry' } });
    for (const { id } of [larger, again]) {
      const refused = await bench.say(`upscale ${id}`);
      expect(refused).toMatchObject({
        failed: true,
        data: { problems: [{ code: 'input.upscaled_already' }] },
      });
      expect(words(refused)).toContain(run.id);
    }
  });

  it('of a result that is gone, or not what it was, is refused; once taken it does not matter any more', async () => {
    const { bench, run } = await withResult();
    const path = run.outputs[0]?.path ?? '';
    await writeFile(path, factVideo({}, 'another'));
    expect((await bench.say(`upscale ${run.id}`)).data).toMatchObject({
      problems: [{ code: 'input.result_changed', parameters: { reason: 'changed' } }],
    });
    await rm(path);
    const gone = await bench.say(`upscale ${run.id}`);
    expect(gone.data).toMatchObject({ problems: [{ parameters: { run: run.id, reason: 'missing' } }] });
    expect(words(gone)).toContain('is not there any more');

    await writeFile(path, factVideo({}, run.id));
    expect((await bench.say(`upscale ${run.id}`)).failed).toBe(false);
    await rm(path);
    expect((await bench.say(`upscale ${run.id}`)).failed).toBe(false);
    expect(await bench.bench.incoming()).toEqual([]);
  });

  it('takes model and text as they are typed for others too', async () => {
    const { bench, run } = await withResult();
    const typed = `upscale ${run.id} model=transfer1-upscale text="Every drop sharp" upscale=0.7`;

    expect((await bench.say(typed)).data).toMatchObject({
      ...{ profileId: 'transfer1-upscale', text: 'Every drop sharp', parameters: { upscale: 0.7 } },
    });
    expect((await bench.say(`upscale ${run.id} model=vista`)).data).toMatchObject({
      problems: [{ code: 'input.model_unknown' }],
    });
  });

  it('takes the video of a prompt, whatever made it', async () => {
    const { bench, prompt } = await withResult();
    const run = (await bench.say(`upscale ${prompt.id}`)).data as Run;

    expect(run).toMatchObject({ profileId: 'transfer1-upscale', text: '', inputs: prompt.inputs });
    expect(run).not.toHaveProperty('parent');
  });

  it.each([
    [
      'a run that waits',
      async (bench: CommandBench, run: Run) => (await bench.say(`retry ${run.id}`)).data as Run,
      'queue.run_not_finished',
    ],
    [
      'a run that was cancelled',
      async (bench: CommandBench, run: Run) => {
        const again = (await bench.say(`retry ${run.id}`)).data as Run;
        await bench.say(`cancel ${again.id}`);
        return again;
      },
      'queue.no_result',
    ],
    [
      'a text',
      async (bench: CommandBench, run: Run) => {
        await bench.say(`enhance ${run.promptId}`);
        return await finish(bench, [{ kind: 'text', label: 'text', text: 'Rain' }]);
      },
      'input.no_video',
    ],
  ])('of %s is refused', async (_what, made, code) => {
    const { bench, run } = await withResult();

    expect((await bench.say(`upscale ${(await made(bench, run)).id}`)).data).toMatchObject({
      problems: [{ code }],
    });
  });

  it.each([
    ['upscale RUN --model transfer1', 'input.model_other_task'],
    ['inference PROMPT --model transfer1-upscale', 'input.model_other_task'],
    ['upscale RUN edge=1', 'input.parameter_unknown'],
    ['upscale RUN upscale=7', 'input.parameter_range'],
  ])('refuses %s', async (line, code) => {
    const { bench, run } = await withResult();
    const typed = line.replace('RUN', run.id).replace('PROMPT', run.promptId);

    expect((await bench.say(typed)).data).toMatchObject({ problems: [{ code }] });
  });

  it('says so where no model does it', async () => {
    const bench = await CommandBench.open(TWO_MODELS);
    const prompt = await bench.bench.prompt();

    expect((await bench.say(`upscale ${prompt.id}`)).data).toMatchObject({
      problems: [{ code: 'input.no_model_for_task', parameters: { task: 'upscale' } }],
    });
  });
});

describe('enhance', () => {
  async function withText(text = 'A street. Rain falls.') {
    const { bench, prompt } = await withResult();
    await bench.say(`enhance ${prompt.name}`);
    const run = await finish(bench, [{ kind: 'text', label: 'text', text }]);
    const found = bench.bench.api.followUps.enhancedBy(run)?.prompt;
    if (found === undefined) throw new Error('there is no prompt');
    return { bench, prompt, run, found };
  }

  it('makes one new prompt of the text that was found, with the files of the old one, which stays', async () => {
    const { bench, prompt, run, found } = await withText();

    expect(found).toEqual({
      ...prompt,
      id: expect.stringMatching(/^ps_/),
      name: `${prompt.name}_enhanced`,
      text: 'A street. Rain falls.',
      createdAt: expect.any(Number),
      parent: { prompt: prompt.id, run: run.id },
    });
    expect(bench.bench.api.getPrompt(prompt.id)).toEqual(prompt);
    expect(words(await bench.say(`show ${found.id}`))).toContain(`"enhanced from ",{"code":"${prompt.id}"}`);
  });

  it('makes none of a text that is too long: its file is posted, with why and what to do', async () => {
    const { bench, prompt } = await withResult();
    const before = bench.bench.api.countPrompts();
    await bench.say(`enhance ${prompt.name}`);
    const run = await finish(bench, [{ kind: 'text', label: 'text', text: 'r'.repeat(10_001) }]);
    const stored = { ...run, outputs: run.outputs.map(({ text: _, ...output }) => output) };
    const { views } = bench.bench.bot.parts;
    const view = views.result(stored, { localFiles: false });

    expect(bench.bench.api.countPrompts()).toBe(before);
    expect(JSON.stringify(resultCard(view))).toContain(
      'No prompt was made of this text (10 kB): a prompt has at most 10,000 characters.',
    );
    expect(JSON.stringify(resultCard(view))).toContain('shorten it and use it with');
  });

  it('ends once, however often its end is stored', async () => {
    const { bench, run } = await withText();
    const before = bench.bench.api.countPrompts();
    const { store } = bench.bench;
    const attempt = store.attempts.claim(LANE, MODELS, store.instance);

    expect(attempt).toBeUndefined();
    expect(() =>
      store.write(() =>
        store.prompts.insert({
          ...must(bench.bench.api.findPrompt(run.promptId)),
          id: 'ps_00000000' as never,
          name: 'another',
          parent: { prompt: run.promptId, run: run.id },
        }),
      ),
    ).toThrow(/UNIQUE/);
    expect(bench.bench.api.countPrompts()).toBe(before);
  });

  it('shows both texts and what to do, and needs no file for that', async () => {
    const { bench, run, prompt, found } = await withText();
    const { api, views } = bench.bench.bot.parts;
    const where = { platform: 'fake' as never, tenant: 't', channel: 'c' };
    const showing = { where, localFiles: false, isQuiet: false };
    const shown = () => {
      const content = wanted({ purpose: 'result', runId: run.id }, { api, views }, showing);
      if (content === undefined || typeof content === 'string') throw new Error('nothing is shown');
      return content;
    };

    expect(shown()).not.toHaveProperty('file');
    const quotes = shown().card.blocks.flatMap((block) => (block.type === 'quote' ? [block.text] : []));
    expect(quotes).toEqual([prompt.text, 'A street. Rain falls.']);
    expect(shown().card.actions.slice(0, 3)).toMatchObject([
      { verb: 'inference', target: found.id, label: 'Run with it' },
      { verb: 'tune', target: found.id },
      { verb: 'discard', target: found.id, label: 'Discard' },
    ]);

    await bench.say(`discard ${found.id}`);
    expect(shown().card.actions).toMatchObject([{ verb: 'restore', target: found.id }]);
  });

  it('may find what another model would not read as a text: that refuses it before it waits', async () => {
    const { bench, found } = await withText('{"subject": "a street", "duration": "9s"}');
    const queued = await bench.say(`inference ${found.id} --model transfer1`);
    const refused = await bench.say(`inference ${found.id} --model cosmos3`);

    expect(queued.data).toMatchObject({ profileId: 'transfer1' });
    expect(refused.data).toMatchObject({
      problems: [{ code: 'input.text_json_object', parameters: { model: 'cosmos3' } }],
    });
    expect(words(refused)).toContain('cosmos3 would read it as a prompt with fields');
  });

  it('is numbered where the name is taken, and does not grow by being done again', async () => {
    const { bench, prompt, found } = await withText();
    for (const [index, of] of [prompt, found].entries()) {
      await bench.say(`enhance ${of.id}`);
      const run = await finish(bench, [{ kind: 'text', label: 'text', text: 'Another' }]);
      const name = bench.bench.api.followUps.enhancedBy(run)?.prompt.name;
      expect(name).toBe(`${prompt.name}_enhanced_${index + 2}`);
    }
  });

  it('refuses a text that the model cannot hold, before it waits', async () => {
    const bench = await CommandBench.open(CONFIG);
    const prompt = await bench.bench.prompt('rain '.repeat(400));
    const refused = await bench.say(`enhance ${prompt.id}`);

    expect(refused.data).toMatchObject({
      problems: [{ code: 'input.text_too_long', parameters: { maxBytes: 1800 } }],
    });
    expect(words(refused)).toContain('takes 1800 bytes');
  });

  it('is offered on the card of a prompt that has a video, and upscaling on that of a result', async () => {
    const { bench, prompt, run } = await withResult();
    const { views } = bench.bench.bot.parts;

    expect(views.prompt(prompt)).toMatchObject({ canEnhance: true });
    expect(views.prompt({ ...prompt, inputs: [] })).not.toHaveProperty('canEnhance');
    expect(views.result(run, { localFiles: true })).toMatchObject({
      canUpscale: true,
      guardrail: { applied: 'builtin' },
    });
  });
});

describe('reproduce', () => {
  it('makes a draft of a draft, with the same settings, that can be promoted', async () => {
    const { bench, prompt } = await withResult();
    const line = `inference ${prompt.id} --model transfer1 --draft num_steps=9`;
    const first = (await bench.say(line)).data as Run;
    const draft = await finish(bench, [{}]);
    expect(draft).toMatchObject({ id: first.id, draft: ['num_steps'] });
    const again = (await bench.say(`reproduce ${draft.id}`)).data as Run;
    expect(again).toMatchObject({
      draft: ['num_steps'],
      parameters: draft.parameters,
      profileHash: draft.profileHash,
    });
    expect(again.parameters['num_steps']).toBe(9);
  });

  it('runs the same with the profile of then, alone, and is told from other runs', async () => {
    const { bench, run } = await withResult();
    const again = (await bench.say(`reproduce ${run.id}`)).data as Run;

    expect(again).toMatchObject({
      ...{ profileHash: run.profileHash, parameters: run.parameters, text: run.text, inputs: run.inputs },
      ...{ parent: { run: run.id, relation: 'reproduce' }, batchLimit: 1 },
    });
  });

  it('is for results', async () => {
    const { bench, run } = await withResult();
    const waiting = (await bench.say(`retry ${run.id}`)).data as Run;

    expect((await bench.say(`reproduce ${waiting.id}`)).data).toMatchObject({
      problems: [{ code: 'queue.run_not_finished' }],
    });
  });
});

describe('texts for parts of the picture', () => {
  it('are typed one by one, and shown as they were', async () => {
    const { bench, prompt } = await withResult();
    const line = `inference ${prompt.id} --model transfer1 region="0,0,0.5,1: snow, thick" region="roof: ice"`;
    const run = (await bench.say(line)).data as Run;

    expect(run.parameters['region']).toBe('0,0,0.5,1: snow, thick\nroof: ice');
    const again = (await bench.say(`rerun ${run.id} region="0,0,1,1: rain"`)).data as Run;
    expect(again.parameters['region']).toBe('0,0,1,1: rain');
    const without = (await bench.say(`rerun ${run.id} region=`)).data as Run;
    expect(without.parameters).not.toHaveProperty('region');
  });

  it('are refused in words', async () => {
    const { bench, prompt } = await withResult();
    const refused = await bench.say(`inference ${prompt.id} --model transfer1 region="0,0,2,1: snow"`);

    expect(words(refused)).toContain('its corners are not from 0 to 1');
  });
});
