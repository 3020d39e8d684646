import { join } from 'node:path';
import { Events } from 'discord.js';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { parseWords } from '../../../src/bot/commands/parse.ts';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { optionsToWords } from '../../../src/bot/discord/commands/options-to-words.ts';
import type { OfferedModel } from '../../../src/bot/discord/commands/parameter-options.ts';
import { CommandRegistration } from '../../../src/bot/discord/commands/register-commands.ts';
import { DiscordClient } from '../../../src/bot/discord/discord-client.ts';
import { DISCORD_TIMES } from '../../../src/bot/discord/discord-times.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { Store } from '../../../src/core/store/store.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { objectsOf } from '../../fakes/slack/json.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { readyClient } from '../discord-fake/clients.ts';

const EVERYWHERE = 'PUT /applications/{application}/commands';
const IN_A_GUILD = 'PUT /applications/{application}/guilds/{guild}/commands';

const PREVIEW: OfferedModel = {
  id: 'preview',
  parameters: {
    edge: { type: 'number', minimum: 0, maximum: 1, essential: true, title: 'Edges' },
    seed: { type: 'integer', minimum: 0, essential: true, title: 'Seed' },
    refine: { type: 'boolean', essential: true, title: 'Refine' },
  },
};

interface Wanted {
  readonly guilds?: readonly string[];
  readonly models?: readonly OfferedModel[];
  readonly clock?: Clock;
}

/** A studio with a bot whose registrations outlive its processes. */
async function openRegistry() {
  const studio = await openDiscordStudio();
  const store = new Store(join(await temporaryDirectory(), 'cosmos.db'), {
    clock: systemClock,
    random: systemRandom,
  });
  const closed = new AbortController();
  onTestFinished(() => {
    closed.abort();
    store.close();
  });
  const client = new DiscordClient({
    token: new Secret(studio.bot.token),
    apiUrl: studio.discord.apiUrl,
    times: DISCORD_TIMES,
    closed: closed.signal,
  });
  /** What a process does at its start. */
  const start = ({ guilds = [], models = [PREVIEW], clock = systemClock }: Wanted = {}) => {
    const logger = pino({ level: 'silent' });
    const parts = { client, settings: store.settings, clock, logger, guilds, models };
    return new CommandRegistration(parts);
  };
  const register = async (wanted?: Wanted) => await start(wanted).register(studio.bot.id, closed.signal);
  const registerIn = async (guild: string, wanted?: Wanted) =>
    await start(wanted).registerIn(guild, studio.bot.id, closed.signal);
  return { studio, register, registerIn, closed };
}

function puts({ discord }: DiscordStudio): readonly string[] {
  return discord.calls.all
    .filter(({ route }) => route === EVERYWHERE || route === IN_A_GUILD)
    .map(({ route, body }) => `${route === EVERYWHERE ? 'everywhere' : 'guild'} ${objectsOf(body).length}`);
}

function namesIn({ bot }: DiscordStudio, guild?: string): readonly unknown[] {
  return [...bot.commandsIn(guild).values()].map((each) => each['name']);
}

it('commands are registered everywhere with one request, and not again while they stay the same', async () => {
  const { studio, register } = await openRegistry();
  await register();
  expect(namesIn(studio)).toEqual(['cosmos', 'Use as prompt']);
  await register();
  expect(puts(studio)).toEqual(['everywhere 2']);
});

it('commands are registered again when the models change', async () => {
  const { studio, register } = await openRegistry();
  await register();
  const before = [...studio.bot.commands.keys()];
  await register({ models: [PREVIEW, { id: 'other', parameters: {} }] });
  expect(puts(studio)).toEqual(['everywhere 2', 'everywhere 2']);
  expect([...studio.bot.commands.keys()]).toEqual(before);
});

it('commands of single guilds take the place of those everywhere, and back', async () => {
  const { studio, register } = await openRegistry();
  await register();
  await register({ guilds: [studio.guild.id] });
  expect(namesIn(studio)).toEqual([]);
  expect(namesIn(studio, studio.guild.id)).toEqual(['cosmos', 'Use as prompt']);
  await register({ guilds: [studio.guild.id] });
  expect(puts(studio)).toEqual(['everywhere 2', 'guild 2', 'everywhere 0']);
  await register();
  expect(namesIn(studio)).toEqual(['cosmos', 'Use as prompt']);
  expect(namesIn(studio, studio.guild.id)).toEqual([]);
});

it('a guild without the bot stops no other one, and is asked again at the next start', async () => {
  const { studio, register } = await openRegistry();
  const away = studio.discord.addGuild('Elsewhere', studio.lead, []);
  const guilds = [away.id, studio.guild.id];
  await register({ guilds });
  expect(namesIn(studio, studio.guild.id)).toEqual(['cosmos', 'Use as prompt']);
  expect(namesIn(studio, away.id)).toEqual([]);
  away.invite(studio.bot);
  await register({ guilds });
  expect(namesIn(studio, away.id)).toEqual(['cosmos', 'Use as prompt']);
});

it('a guild that has thrown the bot out is forgotten', async () => {
  const { studio, register } = await openRegistry();
  await register({ guilds: [studio.guild.id] });
  studio.guild.kick(studio.bot);
  await register();
  await register();
  expect(puts(studio)).toEqual(['guild 2', 'everywhere 0', 'everywhere 2', 'guild 0']);
});

it('a guild that shall have no commands any more loses them, also where Discord does not answer at first', async () => {
  const { studio, register } = await openRegistry();
  await register({ guilds: [studio.guild.id] });
  studio.discord.injections.inject(IN_A_GUILD, trouble.serverError('before'), { times: 3 });
  await register({ clock: { now: () => systemClock.now(), sleep: async () => undefined } });
  expect(namesIn(studio, studio.guild.id)).toEqual([]);
  const before = studio.discord.calls.all.length;
  await register();
  // Where nothing shall be nothing is looked for.
  expect(studio.discord.calls.all.slice(before).map(({ route }) => route)).toEqual([
    'GET /applications/{application}/commands',
  ]);
});

it('commands are made anew in a guild that the bot has left and come back to', async () => {
  const { studio, register } = await openRegistry();
  const guilds = [studio.guild.id];
  await register({ guilds });
  studio.guild.kick(studio.bot);
  studio.guild.invite(studio.bot);
  studio.bot.commandsIn(studio.guild.id).clear();
  await register({ guilds });
  expect(puts(studio).filter((each) => each === 'guild 2')).toHaveLength(2);
});

it('a configured guild that lets the bot in has them at once, and is asked before it gets them again', async () => {
  const { studio, register, registerIn } = await openRegistry();
  const lab = studio.discord.addGuild('Lab', studio.lead, []);
  const guilds = [studio.guild.id, lab.id];
  await register({ guilds });
  lab.invite(studio.bot);
  await registerIn(lab.id, { guilds });
  expect(namesIn(studio, lab.id)).toEqual(['cosmos', 'Use as prompt']);
  const before = puts(studio);
  await registerIn(lab.id, { guilds });
  expect(puts(studio)).toEqual(before);
  studio.bot.commandsIn(lab.id).clear();
  await registerIn(lab.id, { guilds });
  expect(puts(studio)).toEqual([...before, 'guild 2']);
});

it('a guild that is not configured gets no commands of its own, and nothing is asked', async () => {
  const { studio, register, registerIn } = await openRegistry();
  await registerIn(studio.guild.id);
  await registerIn(studio.guild.id, { guilds: ['1000000000000000001'] });
  expect(studio.discord.calls.all).toEqual([]);
  await register();
  expect(namesIn(studio, studio.guild.id)).toEqual([]);
});

it('as many commands of somebody else are not taken for those of the bot', async () => {
  const { studio, register } = await openRegistry();
  await register();
  for (const [id, command] of studio.bot.commands)
    studio.bot.commands.set(id, { ...command, name: `other-${String(command['type'])}` });
  await register();
  expect(puts(studio)).toEqual(['everywhere 2', 'everywhere 2']);
});

it('where Discord does not answer it is asked again, later each time', async () => {
  const { studio, register } = await openRegistry();
  const waits: number[] = [];
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
  // Each request is tried three times by itself.
  studio.discord.injections.inject(EVERYWHERE, trouble.serverError('before'), { times: 27 });
  await register({ clock });
  expect(namesIn(studio)).toEqual(['cosmos', 'Use as prompt']);
  expect(waits.map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
});

it('where Discord says how long to wait it is asked after that', async () => {
  const { studio, register } = await openRegistry();
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  studio.discord.injections.inject(EVERYWHERE, trouble.rateLimited(90));
  await register({ clock: { now: () => systemClock.now(), sleep } });
  expect(namesIn(studio)).toEqual(['cosmos', 'Use as prompt']);
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(90_000);
});

it('the end of the bot ends the waiting for an answer', async () => {
  const { studio, register, closed } = await openRegistry();
  const injected = studio.discord.injections.inject(EVERYWHERE, trouble.rateLimited(120), {
    times: Number.POSITIVE_INFINITY,
  });
  const done = register({ clock: new FakeClock() });
  await injected.hit();
  closed.abort();
  await done;
  expect(namesIn(studio)).toEqual([]);
});

it('what somebody chooses from the registered command comes back as the words of the command', async () => {
  const { studio, register } = await openRegistry();
  await register();
  const client = await readyClient(studio);
  const heard = new Promise<readonly string[]>((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      interaction.reply('Queued').then(() => resolve(optionsToWords(interaction.options.data)), reject);
    });
  });
  const answer = await studio.anna.command(studio.renders, 'cosmos inference', {
    prompt: 'ps_7k2m9x4d',
    model: 'preview',
    edge: 0.8,
    seed: 7,
    refine: false,
    'dry-run': true,
    priority: -3,
  });
  expect(answer.outcome).toBe('answered');
  expect(parseWords(await heard, COMMANDS)).toEqual({
    ok: true,
    value: {
      verb: 'inference',
      arguments: { prompt: 'ps_7k2m9x4d' },
      rest: [],
      options: { model: 'preview', 'dry-run': true, priority: -3 },
      assignments: [
        { name: 'edge', value: '0.8' },
        { name: 'seed', value: '7' },
        { name: 'refine', value: 'false' },
      ],
    },
  });
});
