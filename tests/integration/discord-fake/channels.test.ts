import { Routes } from 'discord.js';
import { expect, it } from 'vitest';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { refusalOf, restClient } from './clients.ts';

it('messages are listed newest first, after, before and around an id; hidden without the permission', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, bot } = studio;
  const rest = restClient(studio);
  const [, second, third] = ['a', 'b', 'c', 'd', 'e'].map((text) => anna.says(renders, text));
  const list = async (query: Record<string, string>) => {
    const found: unknown = await rest.get(Routes.channelMessages(renders.id), {
      query: new URLSearchParams(query),
    });
    return Array.isArray(found) ? found.map(({ content }) => content).join('') : found;
  };
  const [b, c] = [second?.id ?? '', third?.id ?? ''];

  expect(await list({ limit: '2' })).toBe('ed');
  expect(await list({ after: b, limit: '2' })).toBe('dc');
  expect(await list({ before: c })).toBe('ba');
  expect(await list({ around: c, limit: '3' })).toBe('dcb');
  expect(await refusalOf(list({ limit: '101' }))).toBe(50035);
  renders.deny(bot, 'READ_MESSAGE_HISTORY');
  expect(await list({})).toBe('');
});

it('a bot without the intent in the portal reads no contents over REST either, except where it is meant', async () => {
  const studio = await openDiscordStudio();
  studio.bot.intents.messageContent = false;
  const { anna, renders } = studio;
  await anna.uploads(renders, [{ name: 'a.mp4', content: 'x' }], { text: 'hidden' });
  await anna.uploads(renders, [{ name: 'b.mp4', content: 'x' }], { text: 'shown', mention: true });

  const found: unknown = await restClient(studio).get(Routes.channelMessages(renders.id));

  expect(found).toMatchObject([
    { content: `${studio.bot.mention} shown`, attachments: [{ filename: 'b.mp4' }] },
    { content: '', attachments: [] },
  ]);
});

it('a thread without a message is private unless its type says otherwise, and lists tell which are archived', async () => {
  const studio = await openDiscordStudio();
  const { renders, guild } = studio;
  const rest = restClient(studio);
  const open = (body: object) => rest.post(Routes.threads(renders.id), { body });

  expect(await refusalOf(open({ name: 'secret' }))).toBe(50013);
  const thread = await open({ name: 'public', type: 11 });
  expect(thread).toMatchObject({ type: 11, owner_id: studio.bot.user.id });
  expect(await rest.get(Routes.guildActiveThreads(guild.id))).toMatchObject({
    threads: [{ name: 'public' }],
  });
  renders.threads[0]?.archive();
  const archived = await rest.get(Routes.channelThreads(renders.id, 'public'));
  expect(archived).toMatchObject({ threads: [{ name: 'public', thread_metadata: { archived: true } }] });
});

it('members and roles can be looked up, the list of members only with the intent', async () => {
  const studio = await openDiscordStudio();
  const { anna, guild, bot } = studio;
  const rest = restClient(studio);
  const role = guild.addRole('artists');
  guild.give(anna, role);

  expect(await rest.get(Routes.guildMember(guild.id, anna.id))).toMatchObject({ roles: [role.id] });
  expect(await rest.get(Routes.guildRoles(guild.id))).toContainEqual(
    expect.objectContaining({ name: 'artists' }),
  );
  bot.intents.guildMembers = false;
  expect(await refusalOf(rest.get(Routes.guildMembers(guild.id)))).toBe(50001);
  expect(await refusalOf(rest.get(Routes.guildMember(guild.id, bot.id)))).toBe(10007);
});

it('only what is its own can be edited; deleting others needs a permission', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, bot } = studio;
  const rest = restClient(studio);
  const message = anna.says(renders, 'mine');
  const route = Routes.channelMessage(renders.id, message.id);

  expect(await refusalOf(rest.patch(route, { body: { content: 'yours' } }))).toBe(50005);
  expect(await refusalOf(rest.delete(route))).toBe(50013);
  renders.allow(bot, 'MANAGE_MESSAGES');
  await rest.delete(route);
  expect(await refusalOf(rest.get(route))).toBe(10008);
  expect(renders.timeline).toEqual([]);
});

it('a reaction is set and taken back, and a direct conversation is opened', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord, bot } = studio;
  const rest = restClient(studio);
  const message = anna.says(renders, 'look');
  const route = Routes.channelMessageOwnReaction(renders.id, message.id, encodeURIComponent('👀'));

  await rest.put(route);
  expect(renders.now(message)?.reactions).toEqual({ '👀': [bot.user.id] });
  await rest.delete(route);
  expect(renders.now(message)?.reactions).toEqual({});

  const opened = await rest.post(Routes.userChannels(), { body: { recipient_id: anna.id } });
  expect(opened).toMatchObject({ id: discord.direct(anna, bot).id, type: 1 });
});

it('an image within an embed is not among the attachments', async () => {
  const studio = await openDiscordStudio();
  const body = { embeds: [{ title: 'Run', image: { url: 'attachment://a.png' } }] };
  const files = [{ name: 'a.png', data: Buffer.from('png') }];

  const answer = await restClient(studio).post(Routes.channelMessages(studio.renders.id), { body, files });

  expect(answer).toMatchObject({
    attachments: [],
    embeds: [{ image: { url: expect.stringContaining('/a.png?ex=') } }],
  });
  expect(studio.renders.timeline[0]?.files).toMatchObject([{ name: 'a.png', embedded: true }]);
});
