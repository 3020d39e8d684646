import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLACK } from '../../../src/bot/slack/platform.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { suiteDirectory } from '../suite-directory.ts';
import { processesOf } from '../workplace.ts';
import { GpuBox, missingForBox } from './gpu-box.ts';
import { KILL_PLACES, type KillPlace, STEPS, type Step, UPLOAD_BYTES } from './places.ts';
import { isControl, isPrompt, isResult, isStatus, Session } from './session.ts';
import { openStore, readTraces } from './traces.ts';

const LONGEST_MS = 240_000;
const missing = await missingForBox();
const suite = suiteDirectory();
let clip: string;
let upload: string;
let box: GpuBox | undefined;

beforeAll(async () => {
  clip = await makeClip(join(suite.path, 'clip.mp4'), { frames: 6 });
  upload = join(suite.path, 'upload.mp4');
  await copyFile(clip, upload);
  await writeFile(upload, padding(UPLOAD_BYTES), { flag: 'a' });
  if (missing === undefined) box = await GpuBox.create();
}, LONGEST_MS);

afterAll(async () => await box?.[Symbol.asyncDispose](), LONGEST_MS);

const isHere = (on: KillPlace['on']): boolean => on === 'this machine' || missing === undefined;
const why = missing === undefined ? '' : ` (${missing})`;

describe.concurrent('a session in Slack, from the upload to the video in the thread', {
  timeout: LONGEST_MS,
}, () => {
  it.skipIf(missing !== undefined)(`goes its way over SSH and Docker${why}`, async () => {
    await using session = await open('undisturbed', 'ssh and docker');
    await session.start();
    for (const step of STEPS) await take(session, step, 'command');
    await session.finished();
    const status = session.written.find(isStatus)?.versions ?? [];
    const said = status.map(({ text }) => text);
    expect(new Set(said).size, said.join('\n')).toBeGreaterThan(2);
    await expectOneOfEach(session);
  });

  for (const place of KILL_PLACES) {
    const title = `ends as it should where the bot is killed ${place.name}`;
    it.skipIf(!isHere(place.on))(`${title}${isHere(place.on) ? '' : why}`, async () => {
      await using session = await open(place.name.replaceAll(/\W+/g, '-'), place.on);
      await session.start();
      const reached = place.hold(session);
      const last = STEPS.indexOf(place.after) + 1;
      for (const step of STEPS.slice(0, last)) await take(session, step, place.asks);
      await session.reached(reached);
      await session.bot.kill();
      expect(await readTraces(session)).toMatchObject(place.leaves);
      session.mend();
      session.pass(place.awayMs ?? 0);
      await session.start();
      await session.slack.deliveries.retryNow();
      for (const step of STEPS.slice(last)) await take(session, step, place.asks);
      await session.finished();
      await expectOneOfEach(session);
    });
  }
});

async function open(name: string, on: KillPlace['on']): Promise<Session> {
  const directory = join(suite.path, name);
  return await Session.open({ directory, clip, upload, box: on === 'this machine' ? undefined : box });
}

async function take(session: Session, step: Step, asks: KillPlace['asks']): Promise<void> {
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
async function expectOneOfEach(session: Session): Promise<void> {
  const { place, written, anna, workspace, installation, slack } = session;
  expect(await session.bot.stop(), session.bot.said).toBe(0);
  const starts = await place.starts();
  expect(starts).toHaveLength(1);
  expect(await processesOf(starts)).toEqual([]);
  expect(await place.leftOnHost()).toEqual([]);
  expect(await place.leftWithBot()).toEqual([]);

  using store = openStore(session);
  expect(store.prompts.count()).toBe(1);
  expect(store.runs.list({ limit: 10 })).toMatchObject([{ state: 'done' }]);
  expect(store.inbox.open(SLACK)).toEqual([]);

  const kinds = written.map((message) => {
    if (isPrompt(message)) return 'prompt';
    if (isStatus(message)) return 'status';
    if (isResult(message)) return 'result';
    if (isControl(message)) return `control ${/\w+(?=\.\w+$)/.exec(message.files[0]?.name ?? '')?.[0]}`;
    return message.words;
  });
  const root = kinds.includes('rainy_neon_street') ? ['rainy_neon_street'] : [];
  const controls = ['control depth', 'control edge', 'control seg', 'control vis'];
  expect(kinds).toEqual(['prompt', ...root, 'status', 'result', ...controls]);
  const result = written.find(isResult);
  const [file] = result?.files ?? [];
  if (result === undefined || file === undefined) return;
  const delivered = await readFile(file.path);
  expect(delivered.equals(await place.video())).toBe(true);
  expect(createHash('sha256').update(delivered).digest('hex')).toBe(file.sha256);

  expect(anna.pings).toMatchObject([{ ts: result.ts, by: 'post' }]);
  // A video that no message shows could still appear.
  const shown = new Set(written.flatMap(({ files }) => files.map(({ id }) => id)));
  const own = [...workspace.files.values()].filter(({ owner }) => owner === installation.botUserId);
  const strays = own.filter(({ id, name, deleted }) => name.endsWith('.mp4') && !deleted && !shown.has(id));
  expect(strays).toEqual([]);
  expect(slack.calls.all.flatMap(({ unknownArguments }) => unknownArguments)).toEqual([]);
}

/** A box that players pass over. */
function padding(bytes: number): Buffer {
  const box = Buffer.alloc(bytes, 0xa5);
  box.writeUInt32BE(bytes);
  box.write('free', 4);
  return box;
}
