import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { resultCard } from '../../../src/bot/thread-view/result-card.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { rendered } from '../../bot/terminal/rendered.ts';
import { suiteDirectory } from '../../faults/suite-directory.ts';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { ModelBot, type ModelBotOptions } from '../../support/model-bot.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { TRANSFER1 } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { must } from '../../support/workbench.ts';

const EDGE_ALONE = { vis: 0, depth: 0, seg: 0 };

async function openBot(options: ModelBotOptions): Promise<ModelBot> {
  const bot = await ModelBot.open(await temporaryDirectory(), TRANSFER1, options);
  onTestFinished(() => bot[Symbol.asyncDispose]());
  return bot;
}

const directory = suiteDirectory();
/** Shared by tests that leave each other alone. */
let bot: ModelBot;
beforeAll(async () => {
  bot = await ModelBot.open(directory.path, TRANSFER1);
});
afterAll(async () => await bot[Symbol.asyncDispose]());

async function upscaled(bot: ModelBot, run: Run): Promise<Run> {
  const order = must(await bot.api.followUps.upscaleRun(run, { parameters: {} }));
  return await bot.until(must(bot.api.rerunRun(bot.actor, run, order)));
}

async function enhanced(bot: ModelBot, text: string): Promise<Run> {
  const prompt = await bot.prompt(text);
  const order = bot.api.followUps.enhancePrompt(prompt, { parameters: {} });
  return await bot.until(must(bot.api.queueRun(bot.actor, order)));
}

/** The text of the card of a result, on one line. */
function card(run: Run): string {
  return rendered(resultCard(bot.views.result(run, { localFiles: true }))).replaceAll(/\s+/g, ' ');
}

async function expectLarger(bot: ModelBot): Promise<void> {
  const run = await bot.until(await bot.queue('Rain', EDGE_ALONE));
  const larger = await upscaled(bot, run);

  expect(larger).toMatchObject({ state: 'done', profileId: 'transfer1-upscale', text: '', negativeText: '' });
  expect(larger.parent).toEqual({ run: run.id, relation: 'upscale' });
  expect(larger.inputs).toMatchObject([{ role: 'color', asset: { sha256: run.outputs[0]?.sha256 } }]);
  expect(larger.outputs.map(({ label, kind }) => [label, kind])).toEqual([
    ['video', 'video'],
    ['prompt', 'text'],
  ]);
}

async function expectBetterText(bot: ModelBot): Promise<void> {
  const run = await enhanced(bot, 'A "rainy" $(neon) street');
  const found = bot.api.followUps.enhancedBy(run);
  const before = bot.api.getPrompt(run.promptId);

  expect(run).toMatchObject({
    state: 'done',
    outputs: [{ kind: 'text', label: 'text', purpose: 'primary' }],
  });
  const text = 'A wide view of A "rainy" $(neon) street, with every drop of rain in the light.';
  expect(await readFile(run.outputs[0]?.path ?? '', 'utf8')).toBe(text);
  expect(found?.prompt).toMatchObject({
    name: expect.stringMatching(/_enhanced(_\d)?$/),
    text,
    inputs: before?.inputs,
    parent: { prompt: before?.id, run: run.id },
  });
  expect(before?.text).toBe('A "rainy" $(neon) street');
}

describe('a result of transfer1', () => {
  it('is made larger, and knows what it was made of; that once more is refused', async () => {
    await expectLarger(bot);
    const [larger] = bot.api.listRuns({ limit: 1 });
    if (larger === undefined) throw new Error('there is no run');

    expect(card(larger)).toContain(`upscaled from ${larger.parent?.run}`);
    expect(await bot.api.followUps.upscaleRun(larger, { parameters: {} })).toMatchObject({
      problems: [
        { code: 'input.upscaled_already', parameters: { run: larger.id, from: larger.parent?.run } },
      ],
    });
  });

  it('is made larger again with other settings, which the card of that says', async () => {
    const run = await bot.until(await bot.queue('Rain', EDGE_ALONE));
    const first = await upscaled(bot, run);
    const second = await upscaled(bot, run);

    expect(bot.views.status(second)).toMatchObject({
      outputSize: { width: 2880, height: 2880 },
      before: [{ id: first.id }],
    });
    expect(bot.views.status(first)).not.toHaveProperty('before');
  });

  it('can be any video that somebody brings, guided by a text', async () => {
    const order = must(
      bot.api.followUps.upscalePrompt(await bot.prompt('Fog'), {
        text: ' Sharp [hang] ',
        parameters: { upscale: '0.8' },
      }),
    );
    const run = must(bot.api.queueRun(bot.actor, order));
    const active = await bot.until(run, ({ progress }) => progress?.modelStage === 'denoising');
    bot.cancel(active);

    expect(active).toMatchObject({ text: 'Sharp [hang]', parameters: { upscale: 0.8, num_steps: 10 } });
    expect(active).not.toHaveProperty('parent');
    expect((await bot.until(run)).state).toBe('cancelled');
  });

  it('says what its guardrails really do', async () => {
    expect(card(await bot.until(await bot.queue('Rain', EDGE_ALONE)))).toContain(
      'Guardrails: prompt and video checked, passed (a checker that breaks lets everything pass).',
    );
  });

  it('is refused where its file is not what it was', async () => {
    const run = await bot.until(await bot.queue('Rain', EDGE_ALONE));
    const outputs = run.outputs.map((output) => ({ ...output, sha256: 'f'.repeat(64) }));

    expect(await bot.api.followUps.upscaleRun({ ...run, outputs }, { parameters: {} })).toMatchObject({
      problems: [{ code: 'input.result_changed', parameters: { reason: 'changed' } }],
    });
  });
});

describe('a better text', () => {
  it('becomes a prompt of its own, and the old one stays', async () => {
    await expectBetterText(bot);
    const [run] = bot.api.listRuns({ limit: 1 });
    if (run === undefined) throw new Error('there is no run');

    const text = card(run);
    expect(text).toContain(`enhanced from ${run.promptId} by ${run.id}`);
    expect(text).toContain('Guardrails: none in this path');
    expect(text).toContain(`Run with it: /cosmos inference ps_`);
    expect(text).toContain('Discard: /cosmos discard ps_');
  });

  it('may have several lines', async () => {
    const run = await enhanced(bot, 'Fog [two lines]');

    expect(run.outputs[0]?.text).toBe('A wide view.\n\nRain falls on "Fog [two lines]".');
  });

  it('is looked for in a small copy of the beginning of the video, which is made once', async () => {
    const large = await openBot({ clip: { frames: 5, width: 1280, height: 704 } });
    const first = await enhanced(large, 'Fog');
    const again = await enhanced(large, 'Mist');

    expect([first.state, again.state]).toEqual(['done', 'done']);
    const [sent, sentAgain] = [first, again].map((run) => large.bundle(run).sent?.inputs);
    expect(sentAgain).toEqual(sent);
    expect(sent).toMatchObject([{ path: 'in/color.mp4' }]);
    const small = sent?.[0] && large.asset(sent[0].asset);
    expect(small?.facts).toMatchObject({ kind: 'video', width: 640, height: 352, frames: 2, fps: 24 });
    expect(first.inputs[0]?.asset.facts).toMatchObject({ width: 1280, height: 704, frames: 5 });
  });

  it.each([
    ['[no text]', { code: 'model.output_missing', output: ['text'] }],
    ['[blank text]', { code: 'model.output_missing', output: ['text'] }],
    ['[too long]', { code: 'model.failure_signature', signature: 'too_long' }],
    ['[out of memory]', { code: 'model.failure_signature', signature: 'gpu_memory' }],
    ['[missing checkpoint]', { code: 'model.failure_signature', signature: 'missing_checkpoint' }],
  ])('that is not found (%s) makes no prompt', async (ending, { code, ...parameters }) => {
    const before = bot.api.countPrompts();
    const run = await enhanced(bot, `Fog ${ending}`);

    expect(run).toMatchObject({ state: 'failed', problem: { code, parameters } });
    expect(bot.api.countPrompts()).toBe(before + 1);
  });
});

describe('a result', () => {
  it('carries what is needed to make it again', async () => {
    const run = await bot.until(await bot.queue('Rain', { ...EDGE_ALONE, seed: 7 }));
    const { outputs, ...bundle } = bot.bundle(run);

    expect(bundle).toMatchObject({
      ...{ format: 1, version: '0.1.0', profileHash: run.profileHash },
      profile: { id: 'transfer1', version: '5005e823' },
      run: { id: run.id, text: 'Rain', parameters: { seed: 7, edge: 0.25 } },
      inputs: [{ role: 'color', sha256: run.inputs[0]?.asset.sha256, facts: { frames: 5 } }],
      machine: { host: 'gpu', lane: 'gpu/both' },
      sent: { attempt: run.attempt, inputs: [{ asset: run.inputs[0]?.asset.sha256 }], secretVariables: [] },
      times: { queuedAt: run.queuedAt, startedAt: run.startedAt },
    });
    expect(JSON.parse(bundle.sent?.files[0]?.content ?? '')).toMatchObject({ prompt: 'Rain', seed: 7 });
    expect(outputs).toMatchObject(run.outputs.map(({ label, sha256, bytes }) => ({ label, sha256, bytes })));
  });

  it('is made again from the profile of then, and what is the same and what differs is said', async () => {
    const first = await bot.until(await bot.queue('Rain', { ...EDGE_ALONE, seed: 7 }));
    const order = must(bot.api.followUps.reproduce(first));
    const again = await bot.until(must(bot.api.rerunRun(bot.actor, first, order)));

    expect(again).toMatchObject({
      state: 'done',
      parameters: first.parameters,
      profileHash: first.profileHash,
    });
    expect(again.parent).toEqual({ run: first.id, relation: 'reproduce' });
    expect(bot.api.followUps.comparison(again)).toEqual({ result: 'same', differences: [] });
    expect(card(again)).toContain(
      'The same result, bit for bit. Nothing that is known of its making differs.',
    );
  });
});

const missing = (await missingForDocker()) ?? missingSshd();

describe.skipIf(missing !== undefined)(
  `the further ways to run transfer1, in containers of a host over SSH${missing ? ` (${missing})` : ''}`,
  () => {
    let daemon: DockerDaemon;
    let server: OpenSshServer;
    beforeAll(async () => {
      [daemon, server] = await Promise.all([DockerDaemon.create(), OpenSshServer.start()]);
      await daemon.openTo(server.ids);
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    });

    it('make a result larger and a text better, and say what they were made on', async () => {
      const remote = await openBot({ daemon, server });
      await expectLarger(remote);
      await expectBetterText(remote);
      const [run] = remote.api.listRuns({ limit: 1 });
      if (run === undefined) throw new Error('there is no run');
      expect(remote.bundle(run).machine.image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    });
  },
);
