import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { ModelBot } from '../../support/model-bot.ts';
import { TRANSFER1 } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };
const WORDS = { seg_prompt: 'boat . crane', seg_weight_prompt: 'boat' };
const EDGE_ALONE = { vis: 0, depth: 0, seg: 0 };

async function openBot(daemon?: DockerDaemon): Promise<ModelBot> {
  const bot = await ModelBot.open(await temporaryDirectory(), TRANSFER1, {
    ...(daemon && { daemon }),
  });
  onTestFinished(() => bot[Symbol.asyncDispose]());
  return bot;
}

async function expectVideos(bot: ModelBot): Promise<void> {
  const run = await bot.until(await bot.queue('A "rainy" $(neon) street', WORDS));
  expect(run.problem).toBeUndefined();
  expect(run.state).toBe('done');
  expect(run.outputs.map(({ label, purpose }) => [label, purpose])).toEqual([
    ['video', 'primary'],
    ['prompt', 'control'],
    ['vis', 'control'],
    ['edge', 'control'],
    ['depth', 'control'],
    ['seg', 'control'],
    ['seg_weight', 'control'],
  ]);
  const [video] = run.outputs;
  const facts = await new ChildMediaWorker().verify(video?.path ?? '', LIMITS);
  expect(facts).toMatchObject({ kind: 'video', frames: 5 });
}

describe('a run of transfer1', () => {
  it('goes from the queue to a video that decodes, with the controls that were computed', async () => {
    await expectVideos(await openBot());
  });

  it('takes control videos alone, computes none of them, and is refused a control without one', async () => {
    const bot = await openBot();
    const run = await bot.until(await bot.queue('Fog', {}, ['depth', 'seg']));

    expect(run.state).toBe('done');
    expect(run.parameters).toMatchObject({ sigma_max: 80, vis: 0, edge: 0, depth: 0.25, seg: 0.25 });
    expect(run.outputs.map(({ label }) => label)).toEqual(['video', 'prompt']);
    await expect(bot.queue('Haze', { edge: 0.5 }, ['depth'])).rejects.toThrow('input.rule_broken');
  });

  it('takes the distilled model with edges alone, and is refused before it waits with more', async () => {
    const bot = await openBot();
    const alone = await bot.until(await bot.queue('Fog', { use_distilled: true }));

    expect(alone.state).toBe('done');
    expect(alone.outputs.map(({ label }) => label)).toEqual(['video', 'prompt', 'edge']);
    await expect(bot.queue('Mist', { use_distilled: true, vis: 0.5 })).rejects.toThrow('input.rule_broken');
  });

  it.each([
    ['[blocked]', 'blocked', { code: 'model.guardrail', signature: 'blocked_prompt' }],
    ['[blocked video]', 'blocked', { code: 'model.guardrail', signature: 'blocked_video' }],
    ['[out of memory]', 'failed', { code: 'model.failure_signature', signature: 'gpu_memory' }],
    ['[missing checkpoint]', 'failed', { code: 'model.failure_signature', signature: 'missing_checkpoint' }],
    ['[no video]', 'failed', { code: 'model.output_missing', output: ['video'] }],
  ])('that ends with %s is %s, and the next one runs', async (ending, state, { code, ...parameters }) => {
    const bot = await openBot();
    const first = await bot.queue(`Rain ${ending}`, EDGE_ALONE);
    const second = await bot.queue('Rain', EDGE_ALONE);

    expect(await bot.until(first)).toMatchObject({ state, problem: { code, parameters } });
    expect((await bot.until(second)).state).toBe('done');
  });

  it('that writes something else than a video is no success', async () => {
    const bot = await openBot();
    const run = await bot.until(await bot.queue('Rain [broken video]', EDGE_ALONE));

    expect(run).toMatchObject({ state: 'failed', problem: { code: 'model.output_invalid' } });
  });

  it('that hangs can be cancelled while it computes', async () => {
    const bot = await openBot();
    const run = await bot.queue('Rain [hang]', EDGE_ALONE);
    await bot.until(run, ({ progress }) => progress?.modelStage === 'denoising');
    bot.cancel(run);

    expect((await bot.until(run)).state).toBe('cancelled');
  });
});

const missing = await missingForDocker();

describe.skipIf(missing !== undefined)(
  `a run of transfer1 in a container${missing ? ` (${missing})` : ''}`,
  () => {
    let daemon: DockerDaemon;
    beforeAll(async () => {
      daemon = await DockerDaemon.create();
    }, 60_000);
    afterAll(() => daemon[Symbol.asyncDispose](), 60_000);

    it('goes from the queue to a video that decodes', async () => {
      await expectVideos(await openBot(daemon));
    });
  },
);
