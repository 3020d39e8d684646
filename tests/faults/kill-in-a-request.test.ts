import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { Store } from '../../src/core/store/store.ts';
import { programPath } from '../support/programs.ts';
import { makeClip } from '../support/sample-clips.ts';
import { playSession } from './session.ts';
import { suiteDirectory } from './suite-directory.ts';
import { makeWorkplace, starts } from './workplace.ts';

const KILLED_BOT = programPath('killed-bot');
const PARAMETERS = 'edge=0.2,0.8';
/** What a request adds to the life of its runs: its messages, the stills and the sheet. */
const OF_REQUESTS = '^(chat\\.(post|upload)|media\\.(poster|contactSheet))$';
/** Sessions at a time: a part of each is waiting. */
const AT_A_TIME = 3;

const suite = suiteDirectory();
let clip: string;

beforeAll(async () => {
  clip = await makeClip(join(suite.path, 'clip.mp4'), { frames: 6 });
});

it('a bot that is killed with a request shows its table, each result and its end once, wherever it is killed', {
  timeout: 300_000,
}, async () => {
  const undisturbed = await makeWorkplace(join(suite.path, 'undisturbed'), clip);
  expect(await live(undisturbed)).toBeNull();
  await expectOneOfEach(undisturbed);
  const calls: string[] = JSON.parse(await readFile(join(undisturbed, 'calls.json'), 'utf8'));
  expect(calls.filter((name) => name === 'media.contactSheet')).toHaveLength(1);
  const sheet = calls.indexOf('media.contactSheet');
  const waiting = calls.flatMap((name, index) => {
    // By turns; on both sides of the sheet and of what comes after it.
    const sides = index >= sheet ? ['before', 'after'] : [index % 2 === 0 ? 'before' : 'after'];
    return sides.map((side) => ({ at: index + 1, name, side }));
  });
  const { length: places } = waiting;
  const failures: unknown[] = [];
  let killed = 0;
  const worker = async (): Promise<void> => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      const { at, name, side } = place;
      try {
        const directory = await makeWorkplace(join(suite.path, `${at}-${side}`), clip);
        if ((await live(directory, at, side)) === 'SIGKILL') killed += 1;
        await playSession(directory, { parameters: PARAMETERS });
        await expectOneOfEach(directory);
      } catch (error) {
        failures.push(new Error(`killed ${side} call ${at}, ${name}`, { cause: error }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
  expect(killed).toBe(places);
});

/** One life of a bot in a process of its own; what has killed it. */
async function live(directory: string, at = 0, side = 'before'): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    [KILLED_BOT, directory, String(at), side, 'done', PARAMETERS, OF_REQUESTS],
    {
      env: { PATH: process.env['PATH'], HOME: directory, NODE_COMPILE_CACHE: join(suite.path, 'compiled') },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal;
}

async function expectOneOfEach(directory: string): Promise<void> {
  expect(await starts(directory)).toHaveLength(2);
  using store = new Store(join(directory, 'data', 'cosmos.db'), { clock: systemClock, random: systemRandom });
  const [request, ...others] = store.requests.newest(10);
  if (request === undefined) throw new Error('nothing was asked for');
  expect(others).toEqual([]);
  expect(
    store.runs.ofRequest(request.id).map(({ state, parameters }) => [state, parameters['edge']]),
  ).toEqual([
    ['done', 0.2],
    ['done', 0.8],
  ]);
  expect(store.deliveries.open()).toEqual([]);
  const messages = store.transcript.list('local', 'terminal');
  const purposes = messages.map(({ key }) => key.split(':')[0]);
  expect(purposes.toSorted()).toEqual(['prompt', 'request', 'request_end', 'result', 'result']);
  expect(purposes.at(-1)).toBe('request_end');
  expect(messages.find(({ key }) => key.startsWith('request:'))?.card.mark).toBe('done');
  const sheet = messages.at(-1)?.file ?? '';
  const limits = { maxBytes: 1e7, maxDurationMs: 1_000, maxPixels: 1e7 };
  expect(await new ChildMediaWorker().verify(sheet, limits)).toMatchObject({ kind: 'image' });
  // No half of a sheet is left beside it.
  expect(await readdir(join(sheet, '..'))).toEqual(['contact-sheet.jpg']);
}
