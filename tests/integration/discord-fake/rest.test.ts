import { createHash, randomBytes } from 'node:crypto';
import { type RawFile, Routes } from 'discord.js';
import { expect, it } from 'vitest';
import type { FakeDiscord } from '../../fakes/discord/fake-discord.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import type { SeenMessage } from '../../fakes/discord/people/seen.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { refusalOf, restClient } from './clients.ts';

const POST = 'POST /channels/{channel}/messages';
const MINUTE_MS = 60_000;
const MIB = 1024 * 1024;

/** Posts and returns the message as everybody sees it. */
async function post(studio: DiscordStudio, body: object, files?: RawFile[]): Promise<SeenMessage> {
  const rest = restClient(studio);
  const answer = await rest.post(Routes.channelMessages(studio.renders.id), {
    body,
    ...(files ? { files } : {}),
  });
  return seenOf(studio, answer);
}

function seenOf({ renders }: DiscordStudio, answer: unknown): SeenMessage {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? String(answer.id) : '';
  const found = renders.now(id);
  if (!found) throw new Error('the message is not there');
  return found;
}

function lastOutcome(discord: FakeDiscord): string | undefined {
  return discord.calls.all.at(-1)?.outcome;
}

it('a file arrives byte for byte, through a link that expires', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const data = randomBytes(3 * MIB);

  const message = await post(studio, { content: 'here' }, [{ name: 'a clip.mp4', data }]);
  const answer: unknown = await restClient(studio).get(Routes.channelMessage(studio.renders.id, message.id));
  const [link = ''] = JSON.stringify(answer).match(/http[^"]*attachments[^"]*/) ?? [];

  expect(message.files).toMatchObject([
    { name: 'a_clip.mp4', size: data.length, sha256: createHash('sha256').update(data).digest('hex') },
  ]);
  expect(Buffer.from(await (await fetch(link)).arrayBuffer()).equals(data)).toBe(true);
  expect((await fetch(link.replace(/hm=./, 'hm=x'))).status).toBe(404);
  clock.advance(25 * 60 * MINUTE_MS);
  expect((await fetch(link)).status).toBe(404);
  const fresh = await restClient(studio).post('/attachments/refresh-urls', {
    body: { attachment_urls: [link] },
  });
  expect(fresh).toMatchObject({
    refreshed_urls: [{ original: link, refreshed: expect.stringContaining('ex=') }],
  });
});

it('the upload limit is that of the guild, whatever else is said', async () => {
  const studio = await openDiscordStudio();
  const large = { name: 'large.mp4', data: Buffer.alloc(10 * MIB + 1) };

  expect(await refusalOf(post(studio, {}, [large]))).toBe(40005);
  studio.guild.boost(2);
  expect((await post(studio, {}, [large])).files).toHaveLength(1);
  studio.discord.policy.refuseAboveBytes = 5 * MIB;
  expect(await refusalOf(post(studio, {}, [large]))).toBe(40005);
});

it('the same nonce gives the same message for a few minutes', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const body = { content: 'once', nonce: 'abc', enforce_nonce: true };

  const first = await post(studio, body);
  expect((await post(studio, body)).id).toBe(first.id);
  expect((await post(studio, { ...body, enforce_nonce: false })).id).not.toBe(first.id);
  clock.advance(4 * MINUTE_MS);
  expect((await post(studio, body)).id).not.toBe(first.id);
});

it('a post that was accepted before a 500 is sent again by the library, with the same nonce', async () => {
  const studio = await openDiscordStudio();
  studio.discord.injections.inject(POST, trouble.serverError('after'));
  const rest = restClient(studio, { retries: 3 });

  await rest.post(Routes.channelMessages(studio.renders.id), { body: { content: 'hello' } });

  expect(studio.renders.timeline).toHaveLength(2);
  expect(studio.discord.calls.of(POST).map(({ outcome, accepted }) => [outcome, accepted])).toEqual([
    ['http 500', true],
    ['ok', true],
  ]);
});

it('an edit keeps only the files that it lists', async () => {
  const studio = await openDiscordStudio();
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, data: Buffer.from(name) }));
  const message = await post(studio, { content: 'two' }, files);
  const rest = restClient(studio);
  const route = Routes.channelMessage(studio.renders.id, message.id);

  await rest.patch(route, { body: { content: 'still two' } });
  expect(studio.renders.now(message)?.files.map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
  const [kept] = message.files;
  await rest.patch(route, {
    body: { attachments: [{ id: kept?.id }] },
    files: [{ name: 'c.txt', data: Buffer.from('c') }],
  });

  expect(studio.renders.now(message)?.files.map(({ name }) => name)).toEqual(['a.txt', 'c.txt']);
  expect(studio.renders.now(message)?.versions.map(({ content }) => content)).toEqual([
    'two',
    'still two',
    'still two',
  ]);
});

it.each([
  ['content above 2,000', { content: 'x'.repeat(2_001) }],
  [
    '6,001 characters in embeds',
    { embeds: [2_001, 4_000].map((size) => ({ description: 'x'.repeat(size) })) },
  ],
  ['an embed title above 256', { embeds: [{ title: 'x'.repeat(257) }] }],
  [
    'the same custom_id twice',
    { content: 'x', components: [{ type: 1, components: [button('a'), button('a')] }] },
  ],
  [
    'six buttons in a row',
    { content: 'x', components: [{ type: 1, components: [...'abcdef'].map(button) }] },
  ],
  [
    'six rows',
    { content: 'x', components: [...'abcdef'].map((each) => ({ type: 1, components: [button(each)] })) },
  ],
  [
    'a custom_id above 100',
    { content: 'x', components: [{ type: 1, components: [button('x'.repeat(101))] }] },
  ],
  ['a nonce above 25', { content: 'x', nonce: 'x'.repeat(26) }],
  [
    'parse and users at once',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'.repeat(18)] } },
  ],
  ['content beside components of version 2', { flags: 1 << 15, content: 'x', components: [] }],
])('refuses %s', async (_what, body) => {
  expect(await refusalOf(post(await openDiscordStudio(), body))).toBe(50035);
});

it('mentions make a sound only as far as they are allowed', async () => {
  const studio = await openDiscordStudio();
  const { anna, ben } = studio;
  const content = `<@${anna.id}> and <@${ben.id}>`;

  const quiet = await post(studio, { content, allowed_mentions: { parse: [] } });
  const one = await post(studio, { content, allowed_mentions: { parse: [], users: [ben.id] } });
  const all = await post(studio, { content });

  expect(quiet.pinged).toEqual([]);
  expect(one.pinged).toEqual([ben.id]);
  expect(all.pinged).toEqual([anna.id, ben.id]);
  expect(ben.pings).toHaveLength(2);
});

it('a thread on a message has its id, once; edits do not keep it from the archive and fail there', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const rest = restClient(studio);
  const root = studio.anna.says(studio.renders, 'root');
  const open = () =>
    rest.post(Routes.threads(studio.renders.id, root.id), {
      body: { name: 'run', auto_archive_duration: 60 },
    });
  await open();
  expect(await refusalOf(open())).toBe(160004);
  const thread = await studio.renders.threadOpened(root);
  await rest.post(Routes.channelMessages(thread.id), { body: { content: 'status' } });
  const status = await thread.shows(({ content }) => content === 'status');
  const edit = () => rest.patch(Routes.channelMessage(thread.id, status.id), { body: { content: 'later' } });

  clock.advance(50 * MINUTE_MS);
  await edit();
  clock.advance(11 * MINUTE_MS);

  expect(await refusalOf(edit())).toBe(50083);
  await rest.patch(Routes.channel(thread.id), { body: { archived: false } });
  await edit();
  clock.advance(60 * MINUTE_MS);
  expect(thread.isArchived).toBe(true);
  await rest.post(Routes.channelMessages(thread.id), { body: { content: 'done' } });
  expect(thread.isArchived).toBe(false);
});

it('a locked thread, a missing permission, a deleted channel and a kick have their own codes', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, bot, guild } = studio;
  const rest = restClient(studio);
  const say = (id: string) => refusalOf(rest.post(Routes.channelMessages(id), { body: { content: 'x' } }));
  const thread = renders.openThread(anna, { name: 'locked' });

  thread.lock();
  expect(await say(thread.id)).toBe(160005);
  renders.deny(bot, 'SEND_MESSAGES');
  expect(await say(renders.id)).toBe(50013);
  renders.deny(bot, 'VIEW_CHANNEL');
  expect(await say(renders.id)).toBe(50001);
  thread.remove();
  expect(await say(thread.id)).toBe(10003);
  guild.kick(bot);
  expect(await say(renders.id)).toBe(50001);
});

it('messages older than an hour take three edits in twenty seconds', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const message = await post(studio, { content: 'status' });
  const rest = restClient(studio, { rejectOnRateLimit: ['/channels'] });
  const route = Routes.channelMessage(studio.renders.id, message.id);
  clock.advance(61 * MINUTE_MS);

  for (const content of ['1', '2', '3']) await rest.patch(route, { body: { content } });
  const error = await rest.patch(route, { body: { content: '4' } }).catch((caught: unknown) => caught);

  expect(error).toMatchObject({ name: expect.stringContaining('RateLimitError'), retryAfter: 20_050 });
  expect(lastOutcome(studio.discord)).toBe('30046');
  expect(studio.renders.now(message)?.content).toBe('3');
});

it('buckets tell what is left and refuse what is too much', async () => {
  const studio = await openDiscordStudio({ clock: new FakeClock() });
  const { discord, renders } = studio;
  discord.rateLimits.enabled = true;
  discord.rateLimits.buckets.set(POST, { requests: 2, perMs: 5_000 });
  const send = () =>
    fetch(`${discord.apiUrl}/v10${Routes.channelMessages(renders.id)}`, {
      method: 'POST',
      headers: { authorization: `Bot ${studio.bot.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x' }),
    });

  const answers = [await send(), await send(), await send()];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0', '0']);
  expect(answers[2]?.headers.get('retry-after')).toBe('5');
  expect(await answers[2]?.json()).toMatchObject({ retry_after: 5, global: false });
  expect(discord.rateLimits.invalidRequests()).toBe(1);
});

it('one 401 makes the library forget its token', async () => {
  const studio = await openDiscordStudio();
  const rest = restClient(studio);
  studio.bot.resetToken();

  expect(await refusalOf(rest.get(Routes.user()))).toBe(0);
  const second = await rest.get(Routes.user()).catch((caught: unknown) => caught);

  expect(second).toMatchObject({ message: expect.stringContaining('Expected token to be set') });
  expect(studio.discord.calls.all).toHaveLength(1);
});

it('connections break before, half-way through and after a post', async () => {
  const studio = await openDiscordStudio();
  for (const when of ['before', 'midway', 'after'] as const) {
    studio.discord.injections.inject(POST, trouble.reset(when));
    const data = Buffer.alloc(MIB);
    await expect(post(studio, { content: when }, [{ name: 'a.mp4', data }])).rejects.toThrow();
  }

  expect(studio.renders.timeline.map(({ content }) => content)).toEqual(['after']);
});

it('commands are replaced at once, keep their ids, and have limits', async () => {
  const studio = await openDiscordStudio();
  const rest = restClient(studio);
  const route = Routes.applicationGuildCommands(studio.bot.id, studio.guild.id);
  const command = { name: 'cosmos', description: 'Runs', options: [option('a', true), option('b', false)] };
  const put = (body: unknown) => rest.put(route, { body });

  const [first, second] = [await put([command]), await put([command])];
  expect(idOf(second)).toBe(idOf(first));
  expect([...studio.bot.commandCreates.values()]).toEqual([1]);
  expect(await refusalOf(put([{ ...command, options: [option('a', false), option('b', true)] }]))).toBe(
    50035,
  );
  expect(await refusalOf(put([{ ...command, name: 'Cosmos' }]))).toBe(50035);
  const wordy = [...'abcdefghijklmnopqrstuvwx'].map((name) => ({
    ...option(name, false),
    description: 'x'.repeat(100),
    choices: [...'12345'].map((each) => ({ name: each.repeat(50), value: each.repeat(50) })),
  }));
  expect(await refusalOf(put([{ ...command, options: wordy }]))).toBe(50035);
});

function button(id: string) {
  return { type: 2, style: 1, label: 'x', custom_id: id };
}

function option(name: string, required: boolean) {
  return { type: 3, name, description: 'x', required };
}

function idOf(answer: unknown): unknown {
  return Array.isArray(answer) ? answer[0]?.id : undefined;
}
