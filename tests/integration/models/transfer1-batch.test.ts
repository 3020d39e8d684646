import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ModelBot } from '../../support/model-bot.ts';
import { TRANSFER1 } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const EDGE_ALONE = { vis: 0, depth: 0, seg: 0 };

async function openBot(environment: Readonly<Record<string, string>> = {}) {
  const bot = await ModelBot.open(await temporaryDirectory(), TRANSFER1, {
    environment,
  });
  onTestFinished(() => bot[Symbol.asyncDispose]());
  return bot;
}

async function expectOneLoad(bot: ModelBot): Promise<void> {
  const runs = await bot.ended(await bot.queueTogether(['Snow', 'Rain', 'Fog'], EDGE_ALONE));
  expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect(new Set(runs.map(({ attempt }) => attempt)).size).toBe(1);
  for (const { outputs, text } of runs) {
    expect(outputs.map(({ label }) => label)).toEqual(['video', 'prompt', 'edge']);
    expect(await readFile(outputs[1]?.path ?? '', 'utf8')).toBe(text);
  }
}

describe('several runs of transfer1 that wait together', () => {
  it('share one load of the model, and each has its own video', async () => {
    await expectOneLoad(await openBot());
  });

  it('go on after a blocked one, which the model lets end the job', async () => {
    const bot = await openBot();
    const runs = await bot.queueTogether(
      ['Snow', 'Rain [blocked]', 'Fog', 'Haze [blocked video]', 'Mist'],
      EDGE_ALONE,
    );
    const states = (await bot.ended(runs)).map(({ state }) => state);
    expect(states).toEqual(['done', 'blocked', 'done', 'blocked', 'done']);
    expect(runs.map((run) => bot.eventsOf(run).filter((type) => type === 'run.returned').length)).toEqual([
      0, 0, 1, 1, 2,
    ]);
  });

  it('are halved when memory runs out, until they fit', async () => {
    const bot = await openBot({ TRANSFER1_MOST_ITEMS: '1' });
    const runs = await bot.ended(await bot.queueTogether(['Snow', 'Rain', 'Fog', 'Haze'], EDGE_ALONE));
    expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
    expect(new Set(runs.map(({ attempt }) => attempt)).size).toBe(4);
  });

  it('lose nothing to one that is killed in the middle', async () => {
    const bot = await openBot();
    const runs = await bot.ended(await bot.queueTogether(['Snow', 'Rain [dies]', 'Fog'], EDGE_ALONE));
    expect(runs.map(({ state }) => state)).toEqual([
      'done',
      expect.stringMatching(/^(failed|lost)$/),
      'done',
    ]);
  });

  it('are apart where what they need of the model differs', async () => {
    const bot = await openBot();
    const [first] = await bot.queueTogether(['Snow [hang]'], EDGE_ALONE);
    if (first === undefined) throw new Error('nothing was queued');
    const other = await bot.queue('Rain', { ...EDGE_ALONE, seed: 7 });
    const [one, two] = await bot.queueTogether(['Fog', 'Haze'], EDGE_ALONE);
    bot.cancel(first);
    if (one === undefined || two === undefined) throw new Error('nothing was queued');
    const [alone, ...pair] = await bot.ended([other, one, two]);
    expect([alone, ...pair].map((run) => run?.state)).toEqual(['done', 'done', 'done']);
    expect(pair[0]?.attempt).toBe(pair[1]?.attempt);
    expect(alone?.attempt).not.toBe(pair[0]?.attempt);
  });

  it('let one of them be cancelled while the others go on', async () => {
    const bot = await openBot();
    const runs = await bot.queueTogether(['Snow', 'Rain [hang]', 'Fog'], EDGE_ALONE);
    const [first, second, third] = runs;
    if (first === undefined || second === undefined || third === undefined) throw new Error('not queued');
    expect((await bot.until(first)).state).toBe('done');
    bot.cancel(third);
    expect((await bot.until(third)).state).toBe('cancelled');
    bot.cancel(second);
    expect((await bot.until(second)).state).toBe('cancelled');
  });
});
