import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../support/sample-clips.ts';
import { suiteDirectory } from '../suite-directory.ts';
import { processesOf } from '../workplace.ts';
import {
  type Asking,
  type ChatWorld,
  controlOf,
  isControl,
  isPrompt,
  isResult,
  isStatus,
} from './chat-world.ts';
import { GpuBox, missingForBox } from './gpu-box.ts';
import { CLIP_BYTES, type KillPlace, STEPS, type Step, UPLOAD_BYTES } from './kill-place.ts';
import { makePadded } from './padded.ts';
import { Session } from './session.ts';
import { openStore, readTraces } from './traces.ts';
import type { WorldClock } from './world-clock.ts';

const LONGEST_MS = 240_000;

/** A session on a platform, undisturbed and with the bot killed at each of the places, against a GPU host in a box. */
export async function describeSessions<W extends ChatWorld>(
  platform: string,
  openWorld: (clock: WorldClock) => Promise<W>,
  places: readonly KillPlace<W>[],
): Promise<void> {
  const missing = await missingForBox();
  const why = missing === undefined ? '' : ` (${missing})`;
  const suite = suiteDirectory();
  let clip: string;
  let upload: string;
  let box: GpuBox;

  const open = async (name: string): Promise<Session<W>> => {
    const directory = join(suite.path, name.replaceAll(/\W+/g, '-'));
    return await Session.open({ directory, clip, upload, box, openWorld });
  };

  describe.skipIf(missing !== undefined)(`a session in ${platform} over SSH and Docker${why}`, () => {
    beforeAll(async () => {
      const short = await makeClip(join(suite.path, 'short.mp4'), { frames: 6 });
      clip = await makePadded(short, join(suite.path, 'clip.mp4'), CLIP_BYTES);
      upload = await makePadded(short, join(suite.path, 'upload.mp4'), UPLOAD_BYTES);
      box = await GpuBox.create();
    }, LONGEST_MS);

    afterAll(async () => await box[Symbol.asyncDispose](), LONGEST_MS);

    describe.concurrent('from the upload to the video in the thread', { timeout: LONGEST_MS }, () => {
      it('goes its way, told in one message that is edited', async () => {
        await using session = await open('undisturbed');
        await session.start();
        for (const step of STEPS) await take(session, step, 'command');
        await session.finished();
        const said = session.world.written.find(isStatus)?.versions ?? [];
        expect(new Set(said).size, said.join('\n')).toBeGreaterThan(2);
        await expectOneOfEach(session);
      });

      it.each(places)('ends as it should where the bot is killed $name', async (place) => {
        await using session = await open(place.name);
        await session.start();
        const reached = place.hold(session);
        const last = STEPS.indexOf(place.after) + 1;
        for (const step of STEPS.slice(0, last)) await take(session, step, place.asks);
        await session.reached(reached);
        await session.kill();
        expect(await readTraces(session)).toMatchObject(place.leaves);
        session.mend();
        session.pass(place.awayMs ?? 0);
        await session.start();
        await session.world.retry();
        for (const step of STEPS.slice(last)) await take(session, step, place.asks);
        await session.finished();
        await expectOneOfEach(session);
      });
    });
  });
}

async function take<W extends ChatWorld>(session: Session<W>, step: Step, asks: Asking): Promise<void> {
  switch (step) {
    case 'uploaded':
      return await session.upload();
    case 'prompt_shown':
      await session.promptShown();
      return;
    case 'asked':
      return await session.ask(asks);
    case 'running':
      await session.running();
      return;
    case 'released':
      return await session.release();
  }
}

/** One prompt, one run, one job, each message once, one call, the video of the host, and nothing left anywhere. */
async function expectOneOfEach<W extends ChatWorld>({ place, world, bot }: Session<W>): Promise<void> {
  expect(await bot.stop(), bot.said).toBe(0);
  const starts = await place.starts();
  expect(starts).toHaveLength(1);
  expect(await processesOf(starts)).toEqual([]);
  expect(await place.leftOnHost()).toEqual([]);
  expect(await place.leftWithBot()).toEqual([]);

  using store = openStore(place.directory);
  expect(store.prompts.count()).toBe(1);
  expect(store.runs.list({ limit: 10 })).toMatchObject([{ state: 'done' }]);
  expect(store.inbox.open(world.platform)).toEqual([]);

  const { written } = world;
  const kinds = written.map((message) => {
    if (isPrompt(message)) return 'prompt';
    if (isStatus(message)) return 'status';
    if (isResult(message)) return 'result';
    if (isControl(message)) return `control ${controlOf(message)}`;
    // The root of a thread has its title first; what else it says is nothing of a session's.
    return message.words.split('\n')[0];
  });
  const root = kinds.includes('rainy_neon_street') ? ['rainy_neon_street'] : [];
  const controls = ['control depth', 'control edge', 'control seg', 'control vis'];
  expect(kinds).toEqual(['prompt', ...root, 'status', 'result', ...controls]);

  const result = written.find(isResult);
  const [file] = result?.files ?? [];
  if (result === undefined || file === undefined) throw new Error('there is no result');
  const delivered = await readFile(file.path);
  expect(delivered.equals(await place.video())).toBe(true);
  expect(createHash('sha256').update(delivered).digest('hex')).toBe(file.sha256);
  expect(world.pings).toEqual([result.id]);
  expect(world.complaints).toEqual([]);
}
