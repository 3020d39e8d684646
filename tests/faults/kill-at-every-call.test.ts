import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import type { LaneName } from '../../src/core/ids.ts';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { Store } from '../../src/core/store/store.ts';
import { makeClip } from '../support/sample-clips.ts';
import { attemptsLeft, playSession } from './session.ts';
import { suiteDirectory } from './suite-directory.ts';
import { makeWorkplace, processesOf, starts, WHOLE_LOG } from './workplace.ts';

const KILLED_BOT = fileURLToPath(new URL('killed-bot.ts', import.meta.url));
/** Sessions at a time: they are bound by processors. */
const AT_A_TIME = 2;
/** Further calls than an undisturbed session makes: a slow machine looks more often. */
const MORE_CALLS = 3;
const LONGEST_DEADLINE_MS = 300_000;

const suite = suiteDirectory();
let clip: string;
let calls: readonly string[];

beforeAll(async () => {
  clip = await makeClip(join(suite.path, 'clip.mp4'), { frames: 6 });
  const directory = await makeWorkplace(join(suite.path, 'undisturbed'), clip);
  expect(await live(directory)).toEqual({ code: 0, signal: null });
  calls = JSON.parse(await readFile(join(directory, 'calls.json'), 'utf8'));
  await expectOneResult(directory);
});

describe('a bot that is killed and started again', { timeout: LONGEST_DEADLINE_MS }, () => {
  it('brings the run to its one end, whichever call of a port it is killed before or after', async () => {
    const places = Array.from({ length: calls.length + MORE_CALLS }, (_, index) => index + 1).flatMap(
      (at) => [
        { at, side: 'before' },
        { at, side: 'after' },
      ],
    );
    let killed = 0;
    await inParallel(places, async ({ at, side }) => {
      const directory = await makeWorkplace(join(suite.path, `${at}-${side}`), clip);
      const { signal } = await live(directory, String(at), side);
      if (signal === 'SIGKILL') killed += 1;
      await restartAndExpectOneResult(
        directory,
        `killed ${side} call ${at}, ${calls[at - 1] ?? 'a further one'}`,
      );
    });
    expect(killed).toBeGreaterThanOrEqual(2 * (calls.length - MORE_CALLS));
  });

  it('brings the run to its one end when it is killed twice', async () => {
    const pairs = Array.from({ length: 8 }, (_, index) => ({
      first: 3 + index * 4,
      second: 2 + ((index * 5) % 23),
    }));
    await inParallel(pairs, async ({ first, second }) => {
      const directory = await makeWorkplace(join(suite.path, `${first}-then-${second}`), clip);
      await live(directory, String(first), 'after');
      await live(directory, String(second), 'before');
      await restartAndExpectOneResult(directory, `killed after call ${first}, then before call ${second}`);
    });
  });

  it('brings the run to its one end when it is killed at any moment', async () => {
    const delays = Array.from({ length: 10 }, (_, index) => 150 + index * 70);
    await inParallel(delays, async (delayMs) => {
      const directory = await makeWorkplace(join(suite.path, `after-${delayMs}-ms`), clip);
      await live(directory, '0', 'before', delayMs);
      await restartAndExpectOneResult(directory, `killed after ${delayMs} ms`);
    });
  });
});

/** One life of a bot in a process of its own; killed from outside after `killAfterMs`. */
async function live(directory: string, at = '0', side = 'before', killAfterMs?: number) {
  const child = spawn(process.execPath, [KILLED_BOT, directory, at, side], {
    env: { PATH: process.env['PATH'], HOME: directory, NODE_COMPILE_CACHE: join(suite.path, 'compiled') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal };
}

async function restartAndExpectOneResult(directory: string, what: string): Promise<void> {
  try {
    await playSession(directory);
    await expectOneResult(directory);
  } catch (error) {
    throw new Error(what, { cause: error });
  }
}

/** The run was executed once, its one result is proved and shown once, and nothing else is left of it. */
async function expectOneResult(directory: string): Promise<void> {
  const begun = await starts(directory);
  expect(begun).toHaveLength(1);
  expect(await processesOf(begun)).toEqual([]);
  expect(await attemptsLeft(directory)).toEqual([]);

  using store = new Store(join(directory, 'data', 'cosmos.db'), { clock: systemClock, random: systemRandom });
  const runs = store.runs.list({ limit: 10 });
  expect(runs).toHaveLength(1);
  expect(store.prompts.count()).toBe(1);
  const [run] = runs;
  if (run === undefined) return;
  expect(run).toMatchObject({ state: 'done', outputs: [{ kind: 'video', purpose: 'primary' }] });
  const [output] = run.outputs;
  const limits = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e6 };
  expect(await new ChildMediaWorker().verify(output?.path ?? '', limits)).toEqual(output?.facts);
  expect(store.attempts.open('here/cpu' as LaneName)).toBeUndefined();
  expect(store.lanes.get('here/cpu' as LaneName).blocked).toBeUndefined();
  expect(store.deliveries.open()).toEqual([]);

  const messages = store.transcript.list('local', 'terminal');
  const titles = messages.map(({ key }) => key.split(':')[0]);
  expect(titles.toSorted()).toEqual(['prompt', 'result', 'status']);
  const status = messages.find(({ key }) => key.startsWith('status:'));
  const result = messages.find(({ key }) => key.startsWith('result:'));
  expect(status?.card.mark).toBe('done');
  expect(result?.card.mark).toBe('done');
  expect(result?.file).toBe(output?.path);
  const log = await readFile(join(directory, 'data', 'runs', run.id, `${run.attempt}.log`), 'utf8');
  expect(log).toBe(WHOLE_LOG);
  const ends = store.events.ofRun(run.id).filter(({ type }) => type === 'run.finished');
  expect(ends).toHaveLength(1);
}

/** Works off all items, a few at a time; all failures are reported together. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(describeFailure).join('\n'));
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
