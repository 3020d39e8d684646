import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { suiteDirectory } from '../../faults/suite-directory.ts';
import { ModelBot } from '../../support/model-bot.ts';
import { TRANSFER1 } from '../../support/stand-ins.ts';

const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };
const WORDS = { seg_prompt: 'boat . crane', seg_weight_prompt: 'boat' };
const EDGE_ALONE = { vis: 0, depth: 0, seg: 0 };

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
  const directory = suiteDirectory();
  let bot: ModelBot;
  beforeAll(async () => {
    bot = await ModelBot.open(directory.path, TRANSFER1);
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  it('goes from the queue to a video that decodes, with the controls that were computed', async () => {
    await expectVideos(bot);
  });

  it('takes control videos alone, computes none of them, and is refused a control without one', async () => {
    const run = await bot.until(await bot.queue('Fog', {}, ['depth', 'seg']));

    expect(run.state).toBe('done');
    expect(run.parameters).toMatchObject({ sigma_max: 80, vis: 0, edge: 0, depth: 0.25, seg: 0.25 });
    expect(run.outputs.map(({ label }) => label)).toEqual(['video', 'prompt']);
    await expect(bot.queue('Haze', { edge: 0.5 }, ['depth'])).rejects.toThrow('input.rule_broken');
  });

  it('takes the distilled model with edges alone, and is refused before it waits with more', async () => {
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
    const first = await bot.queue(`Rain ${ending}`, EDGE_ALONE);
    const second = await bot.queue('Rain', EDGE_ALONE);

    expect(await bot.until(first)).toMatchObject({ state, problem: { code, parameters } });
    expect((await bot.until(second)).state).toBe('done');
  });

  it('that writes something else than a video is no success', async () => {
    const run = await bot.until(await bot.queue('Rain [broken video]', EDGE_ALONE));

    expect(run).toMatchObject({ state: 'failed', problem: { code: 'model.output_invalid' } });
  });

  it('that hangs can be cancelled while it computes', async () => {
    const run = await bot.queue('Rain [hang]', EDGE_ALONE);
    await bot.until(run, ({ progress }) => progress?.modelStage === 'denoising');
    bot.cancel(run);

    expect((await bot.until(run)).state).toBe('cancelled');
  });
});
