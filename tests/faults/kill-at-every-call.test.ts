import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import type { LaneName } from '../../src/core/ids.ts';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { Store } from '../../src/core/store/store.ts';
import { programPath } from '../support/programs.ts';
import { makeClip } from '../support/sample-clips.ts';
import { attemptsLeft, playSession } from './session.ts';
import { suiteDirectory } from './suite-directory.ts';
import { makeWorkplace, processesOf, starts, WHOLE_LOG } from './workplace.ts';

const KILLED_BOT = programPath('killed-bot');
/** Sessions at a time: a part of each is waiting. */
const AT_A_TIME = 3;
/** Further calls than an undisturbed session makes: a slow machine looks more often. */
const MORE_CALLS = 3;
/** What a session may make fewer: how often a lane or a thread is looked at depends on what else the machine does. */
const FEWER_CALLS = 6;
const LONGEST_DEADLINE_MS = 900_000;

const suite = suiteDirectory();
let clip: string;
let calls: readonly string[];
let cancelledCalls: readonly string[];

beforeAll(async () => {
  clip = await makeClip(join(suite.path, 'clip.mp4'), { frames: 6 });
  const directory = await makeWorkplace(join(suite.path, 'undisturbed'), clip);
  expect(await live(directory)).toEqual({ code: 0, signal: null });
  calls = JSON.parse(await readFile(join(directory, 'calls.json'), 'utf8'));
  await expectOneResult(directory);

  const cancelled = await makeWorkplace(join(suite.path, 'cancelled'), clip, { isEndless: true });
  expect(await live(cancelled, { end: 'cancelled' })).toEqual({ code: 0, signal: null });
  cancelledCalls = JSON.parse(await readFile(join(cancelled, 'calls.json'), 'utf8'));
  await expectOneCancel(cancelled);
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
      const { signal } = await live(directory, { at, side });
      if (signal === 'SIGKILL') killed += 1;
      await restartAndExpectOneResult(
        directory,
        `killed ${side} call ${at}, ${calls[at - 1] ?? 'a further one'}`,
      );
    });
    expect(killed).toBeGreaterThanOrEqual(2 * (calls.length - FEWER_CALLS));
  });

  it('ends a cancelled run as cancelled, whichever call of a port it is killed before or after', async () => {
    // Up to the start of the job the calls are those of any session.
    const first = cancelledCalls.indexOf('host.start') + 1;
    const places = Array.from({ length: cancelledCalls.length + MORE_CALLS - first + 1 }, (_, index) => ({
      at: first + index,
      side: index % 2 === 0 ? 'before' : 'after',
    }));
    await inParallel(places, async ({ at, side }) => {
      const directory = await makeWorkplace(join(suite.path, `cancelled-${at}-${side}`), clip, {
        isEndless: true,
      });
      await live(directory, { at, side, end: 'cancelled' });
      try {
        await playSession(directory, { isCancelled: true });
        await expectOneCancel(directory);
      } catch (error) {
        throw new Error(`killed ${side} call ${at}, ${cancelledCalls[at - 1]}`, { cause: error });
      }
    });
  });

  it('brings the run to its one end when it is killed twice', async () => {
    const pairs = Array.from({ length: 8 }, (_, index) => ({
      first: 3 + index * 4,
      second: 2 + ((index * 5) % 23),
    }));
    await inParallel(pairs, async ({ first, second }) => {
      const directory = await makeWorkplace(join(suite.path, `${first}-then-${second}`), clip);
      await live(directory, { at: first, side: 'after' });
      await live(directory, { at: second });
      await restartAndExpectOneResult(directory, `killed after call ${first}, then before call ${second}`);
    });
  });

  it('brings the run to its one end when it is killed at any moment', async () => {
    const delays = Array.from({ length: 10 }, (_, index) => 150 + index * 70);
    await inParallel(delays, async (delayMs) => {
      const directory = await makeWorkplace(join(suite.path, `after-${delayMs}-ms`), clip);
      await live(directory, { killAfterMs: delayMs });
      await restartAndExpectOneResult(directory, `killed after ${delayMs} ms`);
    });
  });
});

interface Life {
  /** The call of a port at which it kills itself. */
  readonly at?: number;
  readonly side?: string;
  readonly end?: 'done' | 'cancelled';
  /** When it is killed from outside. */
  readonly killAfterMs?: number;
}

/** One life of a bot in a process of its own. */
async function live(directory: string, { at = 0, side = 'before', end = 'done', killAfterMs }: Life = {}) {
  const child = spawn(process.execPath, [KILLED_BOT, directory, String(at), side, end], {
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

/** The run was started at most once, is cancelled and shown as that, and nothing is left of it. */
async function expectOneCancel(directory: string): Promise<void> {
  const begun = await starts(directory);
  expect(begun.length).toBeLessThanOrEqual(1);
  expect(await processesOf(begun)).toEqual([]);
  expect(await attemptsLeft(directory)).toEqual([]);
  using store = new Store(join(directory, 'data', 'cosmos.db'), { clock: systemClock, random: systemRandom });
  const runs = store.runs.list({ limit: 10 });
  expect(runs).toMatchObject([{ state: 'cancelled', outputs: [], cancel: { byName: 'ana' } }]);
  expect(store.attempts.open('here/cpu' as LaneName)).toBeUndefined();
  expect(store.lanes.get('here/cpu' as LaneName).blocked).toBeUndefined();
  expect(store.deliveries.open()).toEqual([]);
  const messages = store.transcript.list('local', 'terminal');
  const marks = messages.flatMap(({ key, card }) => (/^(status|result):/.test(key) ? [card.mark] : []));
  expect(marks).toEqual(['cancelled', 'cancelled']);
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
