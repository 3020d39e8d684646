import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { beforeAll, expect, it } from 'vitest';
import type { Run } from '../../../src/core/runs/run.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { DiscordWorld } from '../discord/discord-world.ts';
import { SlackWorld } from '../slack/slack-world.ts';
import { suiteDirectory } from '../suite-directory.ts';
import { atTerminal, inDiscord, inSlack, type Question, saidAtTerminal } from './askers.ts';
import { BotProcess } from './bot-process.ts';
import {
  type ChatWorld,
  isLive,
  isPrompt,
  isResult,
  isStatus,
  promptOf,
  type Written,
} from './chat-world.ts';
import { LocalModel } from './local-model.ts';
import { patiently } from './patiently.ts';
import { openStore } from './traces.ts';
import { WorldClock } from './world-clock.ts';

const LONGEST_MS = 240_000;
/** What each of them asks for, by where they are. */
const TEXTS = { slack: 'A harbour at dawn', discord: 'A rainy street', terminal: 'A desert road' } as const;

const QUEUE: Question = { words: 'queue', verb: 'queue' };
const ALL_RUNS: Question = { words: 'list runs', verb: 'list', options: { what: 'runs' } };
const OWN_RUNS: Question = {
  words: 'list runs --mine',
  verb: 'list',
  options: { what: 'runs', mine: true },
};

interface PromptCard {
  readonly id: string;
  readonly card: Written;
}

type Ids = Readonly<Record<keyof typeof TEXTS, string>>;

interface Prompts {
  readonly slack: PromptCard;
  readonly discord: PromptCard;
  readonly terminal: string;
}

const suite = suiteDirectory();
const at = (name: string): string => join(suite.path, name);

let model: LocalModel;

beforeAll(async () => {
  model = await LocalModel.make(at('model'), await makeClip(at('clip.mp4'), { frames: 6 }));
});

it('three people in Slack, Discord and at the terminal share one queue, and nothing crosses', {
  timeout: LONGEST_MS,
}, async () => {
  const clock = new WorldClock();
  await using slack = await SlackWorld.open(clock);
  await using discord = await DiscordWorld.open(clock);
  await configure(slack, discord);
  const environment = { ...slack.environment, ...discord.environment };
  await using bot = new BotProcess({ directory: suite.path, environment, shiftMs: 0 });
  const tell = (): readonly string[] => [...wordsOf(slack), ...wordsOf(discord), bot.said];
  await patiently('connections', Promise.all([slack.connected(), discord.connected()]), tell);

  const prompts = await patiently('prompts', makePrompts(slack, discord, bot), tell);
  await patiently('a queue', queueRuns(slack, discord, bot, prompts), tell);
  const ids = runIds();
  const inOrder = [ids.discord, ids.slack, ids.terminal];
  await patiently('answers', expectAnswers(slack, discord, bot, { ids, inOrder, prompts }), tell);
  await model.release();
  const done = new RegExp(`${ids.terminal}/outputs/\\S+\\.mp4`);
  const results = Promise.all([ended(slack), ended(discord), bot.saying(done)]);
  await patiently('results', results, tell);
  expect(await bot.stop(), bot.said).toBe(0);

  using store = openStore(suite.path);
  const runs = store.runs.list({ limit: 10 });
  expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  const began = (await readFile(model.path('starts'), 'utf8')).trim().split('\n');
  expect(began).toEqual(inOrder.map((id) => runs.find((run) => run.id === id)?.attempt));
  for (const [world, id] of [
    [slack, ids.slack],
    [discord, ids.discord],
  ] as const) {
    expect(world.written.map(kindOf)).toEqual(['prompt', 'status', 'result']);
    expect(idsIn(world.written.map(({ words }) => words).join('\n'))).toEqual([id]);
    const result = world.written.find(isResult);
    expect(world.pings).toEqual([result?.id]);
    expect(world.complaints).toEqual([]);
    await expectVideo(runs, id, result?.files[0]?.path);
  }
  const atHome = saidAtTerminal(store).filter(({ file }) => file !== undefined);
  expect(atHome.map(({ card }) => idsIn(JSON.stringify(card)))).toEqual([[ids.terminal]]);
  await expectVideo(runs, ids.terminal, atHome[0]?.file);
});

async function configure(slack: SlackWorld, discord: DiscordWorld): Promise<void> {
  const people = { platform: 'discord', tenant: discord.guild.id };
  const rules = [
    { role: 'operator', platform: 'slack', tenant: slack.workspace.id },
    { role: 'operator', ...people, users: [discord.ben.id] },
    { role: 'viewer', ...people, users: [discord.lead.id] },
  ];
  const config = {
    data_dir: 'data',
    chat: { ...slack.config, ...discord.config, terminal: {} },
    access: { default: 'none', rules },
    ...model.config,
  };
  await writeFile(at('cosmos.toml'), stringify(config));
}

/** Everybody makes one where they are. */
async function makePrompts(slack: SlackWorld, discord: DiscordWorld, bot: BotProcess): Promise<Prompts> {
  bot.type(`create prompt "${TEXTS.terminal}" clip.mp4`);
  await slack.upload(at('clip.mp4'), TEXTS.slack);
  await discord.upload(at('clip.mp4'), TEXTS.discord);
  const [terminal] = await bot.saying(/\bps_\w+/);
  return { slack: await promptIn(slack), discord: await promptIn(discord), terminal };
}

/** One after the other, so that the order is known; there is one lane, whose model waits. */
async function queueRuns(
  slack: SlackWorld,
  discord: DiscordWorld,
  bot: BotProcess,
  prompts: Prompts,
): Promise<void> {
  await discord.ask('button', prompts.discord);
  await discord.until(() => discord.written.some(isStatus));
  await slack.ask('button', prompts.slack);
  await shows(slack, /Place 1 of 1/);
  bot.type(`inference ${prompts.terminal}`);
  await bot.saying(/Place 2 of 2/);
  await shows(slack, /Place 1 of 2/);
}

/** Everybody is told the same queue, their own runs, and what they may. */
async function expectAnswers(
  slack: SlackWorld,
  discord: DiscordWorld,
  bot: BotProcess,
  { ids, inOrder, prompts }: { ids: Ids; inOrder: readonly string[]; prompts: Prompts },
): Promise<void> {
  using store = openStore(suite.path);
  const lead = inDiscord(discord, discord.lead);
  const asked = {
    slack: inSlack(slack),
    discord: inDiscord(discord, discord.ben),
    terminal: atTerminal(bot, store),
  };
  for (const ask of [asked.slack, asked.discord, asked.terminal, lead]) {
    expect(idsIn(await ask(QUEUE))).toEqual(inOrder);
    expect(idsIn(await ask(ALL_RUNS))).toEqual(inOrder.toReversed());
  }
  for (const where of ['slack', 'discord', 'terminal'] as const) {
    expect(idsIn(await asked[where](OWN_RUNS)), where).toEqual([ids[where]]);
  }
  // Whom no rule lets in learns nothing; whoever may look may not touch what is none of theirs.
  const eve = inDiscord(discord, discord.join('eve'));
  for (const question of [QUEUE, ALL_RUNS]) {
    const answer = await eve(question);
    expect(answer).toContain('viewer');
    expect(idsIn(answer)).toEqual([]);
  }
  const { id: prompt } = prompts.slack;
  expect(await lead({ words: '', verb: 'inference', options: { prompt } })).toContain('operator');
  expect(await asked.discord({ words: '', verb: 'cancel', options: { run: ids.slack } })).toContain('admin');
}

async function ended(world: ChatWorld): Promise<void> {
  await world.until(() => world.written.some(isResult));
  await world.until(() => world.written.find((each) => isStatus(each) && !isLive(each)));
}

function wordsOf(world: ChatWorld): readonly string[] {
  return [...world.written.map(({ words }) => words), ...world.calls];
}

async function promptIn(world: ChatWorld): Promise<PromptCard> {
  const card = await world.until(() => world.written.find(isPrompt));
  return { id: promptOf(card), card };
}

async function shows(world: ChatWorld, words: RegExp): Promise<void> {
  await world.until(() => world.written.some((each) => isStatus(each) && words.test(each.words)));
}

/** Ids of runs, each once, in the order in which they are named. */
function idsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\brs_\w+/g))];
}

function runIds(): Ids {
  using store = openStore(suite.path);
  const runs = store.runs.list({ limit: 10 });
  const of = (text: string): string => runs.find((run) => run.text === text)?.id ?? '';
  return { slack: of(TEXTS.slack), discord: of(TEXTS.discord), terminal: of(TEXTS.terminal) };
}

function kindOf(message: Written): string {
  if (isPrompt(message)) return 'prompt';
  if (isStatus(message)) return 'status';
  return isResult(message) ? 'result' : message.words;
}

/** The video that the model made for this run, and no other. */
async function expectVideo(runs: readonly Run[], id: string, path = ''): Promise<void> {
  const attempt = runs.find((run) => run.id === id)?.attempt;
  expect((await readFile(path)).equals(await readFile(model.path(`${attempt}.mp4`)))).toBe(true);
}
