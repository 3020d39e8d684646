import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../src/core/runs/run.ts';
import { suiteDirectory } from '../../faults/suite-directory.ts';
import { ModelBot, type ModelBotOptions } from '../../support/model-bot.ts';
import { COSMOS3, HUMO, type StandIn, TRANSFER25 } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function openBot(standIn: StandIn, options: ModelBotOptions = {}): Promise<ModelBot> {
  const bot = await ModelBot.open(await temporaryDirectory(), standIn, options);
  onTestFinished(() => bot[Symbol.asyncDispose]());
  return bot;
}

function attempts(runs: readonly Run[]): number {
  return new Set(runs.map(({ attempt }) => attempt)).size;
}

describe('several runs of transfer2.5 that wait together for one GPU', () => {
  const directory = suiteDirectory();
  let bot: ModelBot;
  beforeAll(async () => {
    bot = await ModelBot.open(directory.path, TRANSFER25, { gpus: [0] });
  });
  afterAll(() => bot[Symbol.asyncDispose]());

  it('share one load of the model, and a blocked one leaves the others alone', async () => {
    const texts = ['Snow', 'Rain [blocked]', 'Fog', 'Haze [blocked video]', 'A "quoted" mist'];
    const runs = await bot.ended(await bot.queueTogether(texts));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'blocked', 'done', 'blocked', 'done']);
    expect(attempts(runs)).toBe(1);
    for (const { outputs, text } of runs.filter(({ state }) => state === 'done')) {
      expect(outputs.map(({ label }) => label)).toEqual(['video', 'edge', 'prompt']);
      expect(await readFile(outputs[2]?.path ?? '', 'utf8')).toBe(text);
    }
  });

  it('lose nothing where one of them has no result, or where memory runs out in the middle', async () => {
    const texts = ['Snow', 'Rain [no result]', 'Fog [out of memory]', 'Mist'];
    const runs = await bot.ended(await bot.queueTogether(texts));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'failed', 'failed', 'done']);
    expect(runs[1]).toMatchObject({ problem: { code: 'model.output_missing' } });
    expect(runs[2]).toMatchObject({ problem: { parameters: { signature: 'gpu_memory' } } });
  });

  it('share it as pictures, too', async () => {
    const runs = await bot.ended(await bot.queueTogether(['Snow', 'Fog'], {}, ['image']));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(attempts(runs)).toBe(1);
    expect(runs.map(({ outputs }) => outputs.map(({ label }) => label))).toEqual(
      runs.map(() => ['image', 'control', 'prompt']),
    );
  });
});

describe('several runs of transfer2.5 that wait together for several GPUs', () => {
  it('begin anew behind one with a blocked text: the job would never end, and what it goes on to make is of no run', async () => {
    const bot = await openBot(TRANSFER25);
    const texts = ['Snow', 'Rain [blocked]', 'Fog [blocked video]', 'Haze'];
    const runs = await bot.ended(await bot.queueTogether(texts));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'blocked', 'blocked', 'done']);
    const [first, blocked, ...later] = runs;
    expect(blocked).toMatchObject({ problem: { parameters: { signature: 'blocked_prompt' } } });
    expect(blocked?.attempt).toBe(first?.attempt);
    expect(later.map(({ attempt }) => attempt)).not.toContain(first?.attempt);
    expect(attempts(later)).toBe(1);
  });
});

describe('several runs of cosmos3 that wait together', () => {
  it('share one load of the model, and go on after one that has ended it', async () => {
    const bot = await openBot(COSMOS3);
    const texts = ['Snow', 'Fog [error]', 'A "quoted" haze', 'Mist'];
    const runs = await bot.ended(await bot.queueTogether(texts, {}, ['color', 'depth']));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'failed', 'done', 'done']);
    const [first, failed, ...later] = runs;
    expect(failed).toMatchObject({ problem: { parameters: { signature: 'program_error' } }, outputs: [] });
    expect(failed?.attempt).toBe(first?.attempt);
    expect(later.map(({ attempt }) => attempt)).not.toContain(first?.attempt);
    expect(attempts(later)).toBe(1);
    for (const run of runs.filter(({ state }) => state === 'done')) {
      expect(run.outputs.map(({ label }) => label)).toEqual(['video', 'control']);
      expect(bot.eventsOf(run).filter((type) => type === 'run.finished')).toHaveLength(1);
    }
  });
});

describe('several runs of HuMo that wait together', () => {
  it('share one load of the model, and go on after one that has ended it', async () => {
    const bot = await openBot(HUMO);
    const texts = ['One', 'Two [unreadable sound]', 'Three', 'Four'];
    const runs = await bot.ended(await bot.queueTogether(texts, {}, ['audio']));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'failed', 'done', 'done']);
    expect(runs[1]).toMatchObject({ problem: { parameters: { signature: 'unreadable_sound' } } });
    expect(runs[2]?.attempt).toBe(runs[3]?.attempt);
    expect(runs[2]?.attempt).not.toBe(runs[0]?.attempt);
  });

  it('are halved when memory runs out, until they fit', async () => {
    const bot = await openBot(HUMO, { environment: { STAND_IN_MOST_ITEMS: '1' } });
    const runs = await bot.ended(await bot.queueTogether(['One', 'Two'], {}, ['audio']));

    expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(attempts(runs)).toBe(2);
  });
});
