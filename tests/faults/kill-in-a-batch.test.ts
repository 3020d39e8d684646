import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import type { LaneName } from '../../src/core/ids.ts';
import { Store } from '../../src/core/store/store.ts';
import { programPath } from '../support/programs.ts';
import { makeClip } from '../support/sample-clips.ts';
import { makeBatchWorkplace, playBatch } from './batch-session.ts';
import { attemptsLeft } from './session.ts';
import { suiteDirectory } from './suite-directory.ts';
import { processesOf, starts } from './workplace.ts';

const KILLED_BOT = programPath('killed-batch-bot');
const DEADLINE_MS = 600_000;
/** Sessions at a time: a part of each is waiting. */
const AT_A_TIME = 3;

const WELL = ['snow', 'rain', 'fog'];
const BROKEN = ['snow', 'broken', 'fog'];

const suite = suiteDirectory();
let clip: string;

beforeAll(async () => {
  clip = await makeClip(join(suite.path, 'clip.mp4'), { frames: 6 });
});

describe('a bot that is killed with a batch of three', { timeout: DEADLINE_MS }, () => {
  it('brings each of them to its one result, whichever kind of call of the host it is killed before or after', async () => {
    const calls = await undisturbed('well', WELL);
    await expectEnds(join(suite.path, 'well'), ['done', 'done', 'done'], 1);
    await killAtEach(calls, WELL, async (directory) => {
      await expectEnds(directory, ['done', 'done', 'done'], 1);
    });
  });

  it('loses none of them to one that ends the job of all', async () => {
    const calls = await undisturbed('broken', BROKEN);
    await expectEnds(join(suite.path, 'broken'), ['done', 'failed', 'done'], 2);
    await killAtEach(calls, BROKEN, async (directory) => {
      await expectEnds(directory, ['done', 'failed', 'done'], 2);
    });
  });
});

/** The calls of the host that a whole session makes. */
async function undisturbed(name: string, texts: readonly string[]): Promise<readonly string[]> {
  const directory = await makeBatchWorkplace(join(suite.path, name), clip);
  expect(await live(directory, 0, 'before', texts)).toBe(0);
  return JSON.parse(await readFile(join(directory, 'calls.json'), 'utf8'));
}

/** Kills a bot at each of these calls, by turns before and after it, and has another one go on. */
async function killAtEach(
  calls: readonly string[],
  texts: readonly string[],
  expectWell: (directory: string) => Promise<void>,
): Promise<void> {
  const places = calls
    .map((name, index) => ({ name, at: index + 1, side: index % 2 === 0 ? 'before' : 'after' }))
    // Looks at a running job are many, and alike.
    .filter(({ name, at }) => {
      const alike = calls.flatMap((other, index) => (other === name ? [index + 1] : []));
      return alike[0] === at || alike.at(-1) === at;
    });
  const failures: Error[] = [];
  const worker = async (): Promise<void> => {
    for (let place = places.shift(); place !== undefined; place = places.shift()) {
      const { name, at, side } = place;
      const directory = await makeBatchWorkplace(join(suite.path, `${texts.join('-')}-${at}`), clip);
      try {
        await live(directory, at, side, texts);
        await playBatch(directory, texts);
        await expectWell(directory);
      } catch (cause) {
        failures.push(new Error(`killed ${side} call ${at}, ${name}: ${String(cause)}`, { cause }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
}

async function live(directory: string, at: number, side: string, texts: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [KILLED_BOT, directory, String(at), side, ...texts], {
    env: { PATH: process.env['PATH'], HOME: directory, NODE_COMPILE_CACHE: join(suite.path, 'compiled') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  return code;
}

/** Each run has its one end and, where that is a result, its own file; every attempt was started once. */
async function expectEnds(directory: string, states: readonly string[], attempts: number): Promise<void> {
  const begun = await starts(directory);
  expect(new Set(begun).size).toBe(begun.length);
  expect(begun).toHaveLength(attempts);
  expect(await processesOf(begun)).toEqual([]);
  expect(await attemptsLeft(directory)).toEqual([]);
  using store = new Store(join(directory, 'data', 'cosmos.db'), { clock: systemClock, random: systemRandom });
  const runs = store.runs.list({ limit: 10 }).toReversed();
  expect(runs.map(({ state }) => state).toSorted()).toEqual(states.toSorted());
  expect(runs.find(({ state }) => state === 'failed')?.text).toBe(
    states.includes('failed') ? 'broken' : undefined,
  );
  for (const { id, outputs, state } of runs) {
    expect(outputs.map(({ path }) => path.includes(id))).toEqual(state === 'done' ? [true] : []);
    const ends = store.events.ofRun(id).filter(({ type }) => type === 'run.finished');
    expect(ends).toHaveLength(1);
  }
  expect(store.attempts.open('here/cpu' as LaneName)).toBeUndefined();
}
