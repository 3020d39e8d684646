import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { DiscordWorld, ROUTES } from '../discord/discord-world.ts';
import { SlackWorld } from '../slack/slack-world.ts';
import { suiteDirectory } from '../suite-directory.ts';
import { BotProcess } from './bot-process.ts';
import { type ChatWorld, isLive, isPrompt, isStatus, promptOf, type Written } from './chat-world.ts';
import { LocalModel } from './local-model.ts';
import { makeSparse } from './padded.ts';
import { patiently } from './patiently.ts';
import { forgetPeak, peakMemory } from './process-memory.ts';
import { openStore } from './traces.ts';
import { WorldClock } from './world-clock.ts';

const LONGEST_MS = 240_000;
const MIB = 1024 * 1024;
const LARGE_BYTES = 500_000_000;
/** What Discord takes at most, in guilds with the highest boost. */
const BOOSTED_BYTES = 100 * MIB;
/** It has 150 MB when it starts, and what it reads, writes and throws away comes to 250 MB where nobody tidies up. */
const PEAK_BYTES = 330_000_000;
const FRAMES = 72;

const suite = suiteDirectory();
const at = (name: string): string => join(suite.path, name);
let clip: string;

beforeAll(async () => {
  clip = await makeClip(at('clip.mp4'), { frames: FRAMES, width: 640, height: 360 });
});

interface Session {
  readonly world: ChatWorld;
  /** What is dropped into the channel; what the model makes. */
  readonly upload: string;
  readonly made: string;
  /** Called before anything is uploaded, and after all is shown. */
  readonly watch?: (bot: BotProcess) => Promise<void>;
  readonly look?: (bot: BotProcess) => Promise<void>;
}

/** From the upload to the result, which it returns. */
async function play(name: string, { world, upload, made, watch, look }: Session): Promise<Written> {
  const directory = at(name);
  const model = await LocalModel.make(join(directory, 'model'), made);
  await model.release();
  const config = { data_dir: 'data', chat: world.config, ...model.config };
  await writeFile(join(directory, 'cosmos.toml'), stringify(config));
  await using bot = new BotProcess({ directory, environment: world.environment, shiftMs: 0 });
  const way = async (): Promise<Written> => {
    await world.connected();
    await watch?.(bot);
    await world.upload(upload, 'A rainy neon street');
    const card = await world.until(() => world.written.find(isPrompt));
    await world.ask('button', { id: promptOf(card), card });
    await world.until(() => world.written.some((each) => isStatus(each) && !isLive(each)));
    return await world.until(() => world.written.find(({ files }) => files.length > 0));
  };
  const tell = (): readonly string[] => [
    ...world.written.map(({ words }) => words),
    ...world.calls,
    bot.said,
  ];
  const result = await patiently('the result', way(), tell);
  await look?.(bot);
  expect(await bot.stop(), bot.said).toBe(0);
  expect(world.written.map(({ files: [file] }) => file?.name.slice(-4) ?? 'card')).toEqual([
    ...['card', 'card'],
    '.mp4',
  ]);
  expect(world.pings).toEqual([result.id]);
  expect(world.complaints).toEqual([]);
  using store = openStore(directory);
  expect(store.runs.list({ limit: 10 })).toMatchObject([{ state: 'done' }]);
  return result;
}

describe('a result that is too large for the guild is a proxy that fits, and says so', () => {
  it.each([
    ['as it is known from its boosts', 0, undefined, 0],
    ['as Discord says only when it refuses', 2, 10 * MIB, 1],
  ] as const)('%s', { timeout: LONGEST_MS }, async (name, boost, refuseAboveBytes, refusals) => {
    await using world = await DiscordWorld.open(new WorldClock());
    world.guild.boost(boost);
    world.discord.policy.refuseAboveBytes = refuseAboveBytes;
    const made = await makeSparse(clip, at(`${refusals}.mp4`), 11 * MIB);
    const result = await play(name.replaceAll(' ', '-'), { world, upload: clip, made });
    const [file] = result.files;
    expect(file?.name).toMatch(/-rs_\w+-proxy-\w+\.mp4$/);
    const path = file?.path ?? '';
    const bytes = (await stat(path)).size;
    expect(bytes).toBeLessThan(10 * MIB);
    const limits = { maxBytes: 10 * MIB, maxDurationMs: 60_000, maxPixels: 4_000_000 };
    const facts = await new ChildMediaWorker().verify(path, limits);
    expect(facts).toMatchObject({ kind: 'video', codec: 'h264', frames: FRAMES });
    expect(result.words).toMatch(/Posted as a [\d.]+ [kM]B proxy; full file \(12 MB\)/);
    const sent = world.discord.calls.of(ROUTES.post).filter(({ files }) => files.some(isVideo));
    expect(sent.map(({ outcome }) => outcome)).toEqual([...Array(refusals).fill('40005'), 'ok']);
  });
});

describe.runIf(process.platform === 'linux')('the memory of the whole bot stays flat', () => {
  const watch = async (bot: BotProcess): Promise<void> => await forgetPeak(bot.pid);
  const look = async (bot: BotProcess): Promise<void> => {
    expect(await peakMemory(bot.pid)).toBeLessThan(PEAK_BYTES);
  };

  it('in Slack, with 500 MB up', { timeout: LONGEST_MS }, async () => {
    await using world = await SlackWorld.open(new WorldClock());
    const made = await makeSparse(clip, at('slack.mp4'), LARGE_BYTES);
    const result = await play('slack', { world, upload: clip, made, watch, look });
    expect((await stat(result.files[0]?.path ?? '')).size).toBeGreaterThan(LARGE_BYTES);
  });

  it('in Discord, with 500 MB down and as much up as it takes', { timeout: LONGEST_MS }, async () => {
    await using world = await DiscordWorld.open(new WorldClock());
    world.guild.boost(3);
    world.ben.account.uploadBytes = LARGE_BYTES;
    const upload = await makeSparse(clip, at('discord.mp4'), LARGE_BYTES);
    const made = await makeSparse(clip, at('boosted.mp4'), BOOSTED_BYTES - MIB);
    const result = await play('discord', { world, upload, made, watch, look });
    expect((await stat(result.files[0]?.path ?? '')).size).toBeGreaterThan(BOOSTED_BYTES - MIB);
  });
});

const isVideo = ({ name }: { readonly name: string }): boolean => name.endsWith('.mp4');
