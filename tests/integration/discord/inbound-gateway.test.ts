import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snowflakeAt } from '../../../src/bot/discord/inbound/place.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { DiscordListeningBot, listenToDiscord, Mark, registerCommands } from './listening.ts';

const VIDEO = { name: 'drift.mp4', content: 'frames' };
const MESSAGES = 'GET /channels/{channel}/messages';

/** A mark of a bot that was here an hour ago. */
const anHourAgo = (): Mark => new Mark(snowflakeAt(Date.now() - 3_600_000));

describe('the connection', () => {
  it('that breaks is resumed, and what was said meanwhile arrives', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    discord.gateway.cut(app);
    await discord.gateway.gone(app);
    await anna.uploads(renders, [VIDEO], { text: 'meanwhile' });
    expect(await bot.hears()).toMatchObject({ text: 'meanwhile' });
    expect(discord.gateway.resumes.map(({ resumed }) => resumed)).toEqual([true]);
    expect(discord.gateway.identifies).toHaveLength(1);
    expect(bot.told.map(({ state }) => state)).toEqual(['connected', 'lost', 'connected']);
  });

  it('goes on where Discord asks to come back', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    discord.gateway.askReconnect(app);
    await discord.until(() => discord.gateway.resumes.length === 1);
    anna.mentions(renders, 'status');
    expect(await bot.hears()).toMatchObject({ text: 'status' });
  });

  it('whose session is lost begins a new one, and reads what it has missed', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio, { mark: anHourAgo() });
    discord.gateway.lose('MESSAGE_CREATE');
    await anna.uploads(renders, [VIDEO], { text: 'lost' });
    discord.gateway.invalidate(app);
    expect(await bot.hears()).toMatchObject({ kind: 'upload', text: 'lost' });
    expect(discord.gateway.identifies).toHaveLength(2);
  }, 15_000);

  it('that cannot be resumed after a long time reads what was said from where it broke', async () => {
    const clock = new FakeClock(Date.now());
    const studio = await openDiscordStudio({ clock });
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio, { clock, mark: new Mark(snowflakeAt(clock.now() - 60_000)) });
    const before = bot.mark.value;
    discord.gateway.down = true;
    discord.gateway.cut(app);
    await discord.gateway.gone(app);
    await anna.uploads(renders, [VIDEO], { text: 'in the dark' });
    await bot.says('a new one is made');
    clock.advance(30 * 60_000);
    expect(bot.mark.value).toBe(before);
    discord.gateway.forget(app);
    discord.gateway.down = false;
    // Tries at a gateway that is away have waits between them.
    const passing = setInterval(() => clock.advance(1_000), 20);
    onTestFinished(() => clearInterval(passing));
    expect(await bot.hears()).toMatchObject({ text: 'in the dark' });
  });

  it('is made as soon as Discord can be reached', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders } = studio;
    const down = discord.injections.inject('GET /gateway/bot', trouble.serverError('before', 503), {
      times: 4,
    });
    const bot = await listenToDiscord(studio);
    expect(down.hits).toBe(4);
    expect(bot.told).toEqual([{ state: 'lost', detail: 'HTTP 503' }, { state: 'connected' }]);
    anna.mentions(renders, 'status');
    expect(await bot.hears()).toMatchObject({ text: 'status' });
  });

  it('leaves nothing open when it stops', async () => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    await bot.stop();
    expect(studio.discord.gateway.open(studio.bot)).toHaveLength(0);
    expect(studio.discord.gateway.closes.at(-1)).toBe(1000);
  });

  it('that is being made again is not left open by a stop', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    discord.gateway.down = true;
    discord.gateway.cut(app);
    await discord.gateway.gone(app);
    const stopping = bot.chat.stop();
    discord.gateway.down = false;
    await stopping;
    expect(discord.gateway.open(app)).toHaveLength(0);
  });
});

describe('after a restart', () => {
  it('missed uploads and mentions are read from every channel with news, threads too', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild } = studio;
    const quiet = guild.addChannel('quiet');
    const thread = renders.openThread(anna, { name: 'mine', on: anna.says(renders, 'root') });
    await anna.uploads(renders, [VIDEO], { text: 'first' });
    await anna.uploads(thread, [VIDEO], { text: 'second', mention: true });
    anna.mentions(renders, 'status');
    const bot = await listenToDiscord(studio, { mark: anHourAgo(), channels: [renders.id] });
    await studio.discord.until(() => bot.received.length === 3);
    expect(bot.received.find(({ where }) => where.thread === thread.id)).toMatchObject({
      kind: 'upload',
      where: { tenant: guild.id, channel: renders.id },
    });
    const asked = studio.discord.calls.all.filter(({ route }) => route === MESSAGES);
    expect(asked.some(({ path }) => path.includes(quiet.id))).toBe(false);
  });

  it('nothing is read the first time: the bot was not there', async () => {
    const studio = await openDiscordStudio();
    await studio.anna.uploads(studio.renders, [VIDEO], { text: 'before the bot' });
    const bot = await listenToDiscord(studio);
    studio.anna.mentions(studio.renders, 'status');
    await bot.hears();
    expect(bot.received).toHaveLength(1);
    await bot.stop();
    expect(BigInt(bot.mark.value ?? 0)).toBeGreaterThan(BigInt(snowflakeAt(Date.now() - 5 * 60_000)));
  });

  it('more than one page is read, the oldest first', async () => {
    const studio = await openDiscordStudio();
    for (let index = 0; index < 130; index++) studio.anna.mentions(studio.renders, `list ${index}`);
    const bot = await listenToDiscord(studio, { mark: anHourAgo() });
    await studio.discord.until(() => bot.received.length === 130);
    expect(bot.received.map((event) => (event.kind === 'command' ? event.text : ''))).toEqual(
      Array.from({ length: 130 }, (_, index) => `list ${index}`),
    );
  });

  it('what the bot may not read is left out, and the rest is read', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild, bot: app } = studio;
    const secret = guild.addChannel('secret');
    anna.mentions(secret, 'status');
    anna.mentions(renders, 'queue');
    secret.deny(app, 'READ_MESSAGE_HISTORY');
    const bot = await listenToDiscord(studio, { mark: anHourAgo() });
    expect(await bot.hears()).toMatchObject({ text: 'queue' });
  });

  it('what was posted directly is read too, where somebody has talked to the bot before', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, ben, bot: app } = studio;
    await registerCommands(studio);
    const first = await listenToDiscord(studio);
    anna.says(discord.direct(anna, app), 'status');
    await ben.command(discord.direct(ben, app), 'cosmos status');
    await discord.until(() => first.received.length === 2);
    await first.stop();
    await anna.uploads(discord.direct(anna, app), [VIDEO], { text: 'of anna' });
    await ben.uploads(discord.direct(ben, app), [VIDEO], { text: 'of ben' });
    const { mark, directChannels } = first;
    mark.value = anHourAgo().value;
    const next = await listenToDiscord(studio, { mark, directChannels });
    await next.hears((event) => event.kind === 'upload' && event.text === 'of anna');
    expect(await next.hears((event) => event.kind === 'upload' && event.text === 'of ben')).toMatchObject({
      where: { tenant: '@me', channel: discord.direct(ben, app).id },
      user: { id: ben.id, groups: [] },
    });
  });

  it('direct conversations that cannot be read stay to be read by the next session', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, bot: app } = studio;
    const mark = anHourAgo();
    const before = mark.value;
    const directChannels = new Mark(JSON.stringify([discord.direct(anna, app).id]));
    await anna.uploads(discord.direct(anna, app), [VIDEO], { text: 'hello' });
    const injected = discord.injections.inject(MESSAGES, trouble.serverError('before'), { times: 100 });
    const bot = await listenToDiscord(studio, { mark, directChannels });
    await injected.hit();
    await bot.stop();
    expect(mark.value).toBe(before);
    injected.stop();
    const next = await listenToDiscord(studio, { mark, directChannels });
    expect(await next.hears()).toMatchObject({ text: 'hello' });
  });

  it('a forwarded video is read too', async () => {
    const studio = await openDiscordStudio();
    const { anna, ben, renders, guild } = studio;
    const drafts = guild.addChannel('drafts');
    const original = await ben.uploads(drafts, [VIDEO], { text: 'a street' });
    anna.forwards(original, renders);
    const bot = await listenToDiscord(studio, { mark: anHourAgo(), channels: [renders.id] });
    expect(await bot.hears()).toMatchObject({ text: 'a street', user: { id: anna.id } });
  });

  it('a channel that cannot be read stays to be read by the next session', async () => {
    const studio = await openDiscordStudio();
    const mark = anHourAgo();
    const before = mark.value;
    studio.anna.mentions(studio.renders, 'status');
    const trouble500 = studio.discord.injections.inject(MESSAGES, trouble.serverError('before'), {
      times: 100,
    });
    const bot = await listenToDiscord(studio, { mark });
    await trouble500.hit();
    await bot.stop();
    expect(mark.value).toBe(before);
    trouble500.stop();
    const next = await listenToDiscord(studio, { mark });
    expect(await next.hears()).toMatchObject({ text: 'status' });
  });
});

describe('a refusal of Discord', () => {
  it('of the token ends the start, in words', async () => {
    const studio = await openDiscordStudio();
    const starting = listenToDiscord(studio, { token: 'wrong' });
    await expect(starting).rejects.toMatchObject({ code: 'chat.token_refused' });
  });

  it('for good while it works is explained in the log', async () => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.gateway.close(studio.bot, 4004);
    expect(await bot.says('closed the connection for good')).toContain('Reset Token');
    expect(bot.told.at(-1)).toMatchObject({
      state: 'refused',
      detail: expect.stringContaining('Reset Token'),
    });
    expect(studio.discord.gateway.identifies).toHaveLength(1);
  });

  it.each([4010, 4011, 4012, 4013])('with %i is explained too', async (code) => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.gateway.close(studio.bot, code);
    expect(await bot.says('closed the connection for good')).toContain(String(code));
  });

  it('of the intent lets the bot work without it', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    app.intents.messageContent = false;
    discord.gateway.close(app, 4014);
    await bot.says('without the Message Content intent');
    await discord.gateway.ready(app);
    anna.mentions(renders, 'status');
    expect(await bot.hears()).toMatchObject({ text: 'status' });
  });
});

describe('session starts', () => {
  it('are spread when a crash loop has used up half of them', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot: app } = studio;
    discord.gateway.sessionStartLimit = 4;
    await (await listenToDiscord(studio)).stop();
    const clock = new FakeClock(Date.now());
    await (await listenToDiscord(studio)).stop();
    const locks = join(await temporaryDirectory(), 'locks');
    const second = new DiscordListeningBot(studio, locks, { clock });
    const starting = second.start();
    await second.says('many sessions were started today');
    expect(discord.gateway.identifies).toHaveLength(2);
    clock.advance(24 * 3_600_000);
    await starting;
    expect(discord.gateway.identifies).toHaveLength(3);
    expect(discord.gateway.open(app)).toHaveLength(1);
  });

  it('do not hold up a stop', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.sessionStartLimit = 2;
    await (await listenToDiscord(studio)).stop();
    const locks = join(await temporaryDirectory(), 'locks');
    const second = new DiscordListeningBot(studio, locks, { clock: new FakeClock(Date.now()) });
    const starting = second.start();
    await second.says('many sessions were started today');
    await second.stop();
    await starting;
    expect(studio.discord.gateway.identifies).toHaveLength(1);
  });
});

describe('one process', () => {
  it('listens with a token, the next one waits until it has ended', async () => {
    const studio = await openDiscordStudio();
    const lockDirectory = join(await temporaryDirectory(), 'locks');
    const first = await listenToDiscord(studio, { lockDirectory });
    const second = new DiscordListeningBot(studio, lockDirectory, {});
    const starting = second.start();
    await second.says('another process listens with this token');
    expect(studio.discord.gateway.identifies).toHaveLength(1);
    await first.stop();
    await starting;
    studio.anna.mentions(studio.renders, 'status');
    expect(await second.hears()).toMatchObject({ text: 'status' });
    expect(first.received).toEqual([]);
  }, 15_000);
});

describe('losses', () => {
  it('are told in the log: a thread, a channel, the guild', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    const thread = renders.openThread(anna, { name: 'mine', on: anna.says(renders, 'root') });
    thread.remove();
    await bot.says('a thread was deleted');
    renders.remove();
    await bot.says('a channel was deleted');
    guild.kick(app);
    await bot.says('the bot was removed from a guild');
  });
});

describe('who somebody is', () => {
  it('is asked again later: roles that were taken away do not count', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, guild, bot: app } = studio;
    const artists = guild.addRole('artists');
    guild.give(anna, artists);
    const bot = await listenToDiscord(studio);
    anna.mentions(renders, 'status');
    const event = await bot.hears();
    guild.take(anna, artists);
    expect(await bot.chat.person(event.user, event.where)).toEqual({
      id: anna.id,
      name: 'anna',
      groups: [guild.id],
    });
    anna.says(discord.direct(anna, app), 'status');
    const direct = await bot.hears(({ where }) => where.tenant === '@me');
    expect((await bot.chat.person(direct.user, direct.where)).groups).toEqual([guild.id]);
  });

  it('is nobody of the guild once they have left', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild } = studio;
    const bot = await listenToDiscord(studio);
    anna.mentions(renders, 'status');
    const event = await bot.hears();
    guild.kick(anna);
    expect((await bot.chat.person(event.user, event.where)).groups).toEqual([]);
  });
});
