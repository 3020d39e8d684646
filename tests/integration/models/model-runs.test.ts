import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import type { Role } from '../../../src/core/prompts/prompt.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { suiteDirectory } from '../../faults/suite-directory.ts';
import { ModelBot } from '../../support/model-bot.ts';
import { COSMOS3, HUMO, type StandIn, TRANSFER25 } from '../../support/stand-ins.ts';

const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };
const fault = (signature: string) => ({ code: 'model.failure_signature', signature });
const OUT_OF_MEMORY = fault('gpu_memory');
const NO_VIDEO = { code: 'model.output_missing', output: ['video'] };

/** One way to run a model of a family, and what comes of it. */
interface Way {
  readonly model: string;
  readonly roles: readonly Role[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly outputs: readonly string[];
  readonly kind?: 'video' | 'image';
}

/** An ending that the text asks for. */
type Ending = readonly [ending: string, state: Run['state'], problem: Readonly<Record<string, unknown>>];

interface Family {
  readonly name: string;
  readonly standIn: StandIn;
  readonly ways: readonly Way[];
  readonly roles: readonly Role[];
  readonly endings: readonly Ending[];
}

const WEIGHTS = { edge: 0.25, vis: 0.25, depth: 0.25, seg: 0.25 };
const FAMILIES: readonly Family[] = [
  {
    name: 'transfer2.5',
    standIn: TRANSFER25,
    roles: ['color'],
    ways: [
      { model: 'transfer2.5', roles: ['color'], outputs: ['video', 'edge', 'prompt'] },
      {
        model: 'transfer2.5',
        roles: ['color', 'depth', 'mask', 'image'],
        parameters: { edge: 0, depth: 1 },
        outputs: ['video', 'depth', 'prompt'],
      },
      {
        model: 'transfer2.5',
        roles: ['color'],
        parameters: { ...WEIGHTS, mask_prompt: 'the robot' },
        outputs: [...['video', 'edge', 'vis', 'depth', 'seg'], ...['mask', 'mask', 'mask', 'mask', 'prompt']],
      },
      { model: 'transfer2.5-distilled', roles: ['color'], outputs: ['video', 'edge', 'prompt'] },
      {
        model: 'transfer2.5-image',
        roles: ['image'],
        outputs: ['image', 'control', 'prompt'],
        kind: 'image',
      },
    ],
    endings: [
      ['[blocked]', 'blocked', { code: 'model.guardrail', signature: 'blocked_prompt' }],
      ['[blocked video]', 'blocked', { code: 'model.guardrail', signature: 'blocked_video' }],
      ['[out of memory]', 'failed', OUT_OF_MEMORY],
      ['[missing weights]', 'failed', fault('gated')],
      ['[port]', 'failed', fault('port_taken')],
      ['[no result]', 'failed', NO_VIDEO],
      ['[broken result]', 'failed', { code: 'model.output_invalid' }],
    ],
  },
  {
    name: 'cosmos3',
    standIn: COSMOS3,
    roles: ['color'],
    ways: [
      { model: 'cosmos3', roles: ['color'], outputs: ['video', 'edge'] },
      {
        model: 'cosmos3',
        roles: ['color', 'vis', 'depth'],
        parameters: { edge: 0.5 },
        outputs: ['video', 'edge', 'blur', 'control'],
      },
      { model: 'cosmos3-super', roles: ['wsm'], outputs: ['video', 'control'] },
      { model: 'cosmos3-image', roles: ['image'], outputs: ['image', 'control'], kind: 'image' },
    ],
    endings: [
      ['[out of memory]', 'failed', OUT_OF_MEMORY],
      ['[missing weights]', 'failed', fault('gated')],
      ['[port]', 'failed', fault('port_taken')],
      ['[no result]', 'failed', NO_VIDEO],
      ['[broken result]', 'failed', { code: 'model.output_invalid' }],
    ],
  },
  {
    name: 'humo',
    standIn: HUMO,
    roles: ['audio'],
    ways: [
      { model: 'humo-17b', roles: ['audio'], outputs: ['video'] },
      { model: 'humo-1.7b', roles: ['audio', 'image'], outputs: ['video'] },
      { model: 'humo-1.7b', roles: ['audio', 'image'], parameters: { mode: 'TA' }, outputs: ['video'] },
    ],
    endings: [
      ['[out of memory]', 'failed', OUT_OF_MEMORY],
      ['[unreadable sound]', 'failed', fault('unreadable_sound')],
      ['[missing weights]', 'failed', fault('missing_weights')],
      ['[port]', 'failed', fault('port_taken')],
      ['[no result]', 'failed', NO_VIDEO],
      ['[broken result]', 'failed', { code: 'model.output_invalid' }],
    ],
  },
];

// After each of its endings the next run goes its way.
describe.each(FAMILIES)('a run of $name', ({ standIn, ways, roles, endings }) => {
  const directory = suiteDirectory();
  let bot: ModelBot;
  beforeAll(async () => {
    bot = await ModelBot.open(directory.path, standIn);
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  it.each(endings)('that ends with %s is %s', async (ending, state, { code, ...parameters }) => {
    const run = await bot.until(await bot.queue(`Rain ${ending}`, {}, roles));

    expect(run).toMatchObject({ state, problem: { code, parameters }, outputs: [] });
  });

  it('that hangs can be cancelled while it computes', async () => {
    const run = await bot.queue('Rain [hang]', {}, roles);
    await bot.until(run, ({ progress }) => progress?.modelStage === 'denoising');
    bot.cancel(run);

    expect((await bot.until(run)).state).toBe('cancelled');
  });

  it.each(ways)('of $model with $roles goes to a result that is proved', async (way) => {
    const run = await bot.until(
      await bot.queue('A "rainy" $(neon) street', way.parameters, way.roles, way.model),
    );

    expect(run.problem).toBeUndefined();
    expect(run.state).toBe('done');
    expect(run.progress).toMatchObject({ percent: 99 });
    expect(run.outputs.map(({ label }) => label)).toEqual(way.outputs);
    const facts = await new ChildMediaWorker().verify(run.outputs[0]?.path ?? '', LIMITS);
    expect(facts).toMatchObject(way.kind === 'image' ? { kind: 'image' } : { kind: 'video', frames: 5 });
  });
});
