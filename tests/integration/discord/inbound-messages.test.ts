import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFileId } from '../../../src/bot/discord/file-reference.ts';
import type { ChatFile, Inbound } from '../../../src/core/ports/chat.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { listenToDiscord, meaning } from './listening.ts';

const VIDEO = { name: 'drift.mp4', content: 'frames' };
const NOTES = { name: 'notes.txt', content: 'words' };
const PICTURE = { name: 'still.png', content: 'pixels' };

function filesOf(event: Inbound): readonly ChatFile[] {
  return event.kind === 'upload' ? event.files : [];
}

describe('a message with files', () => {
  it('becomes an upload where uploads are watched, with its words and its media', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild } = studio;
    const bot = await listenToDiscord(studio);
    const message = await anna.uploads(renders, [VIDEO, NOTES, PICTURE], { text: 'neon street' });
    const event = await bot.hears();
    expect(event).toMatchObject({
      kind: 'upload',
      dedupeKey: `upload:${renders.id}:${message.id}`,
      where: { platform: 'discord', tenant: guild.id, channel: renders.id, message: message.id },
      user: { id: anna.id, name: 'anna', groups: [guild.id] },
      text: 'neon street',
      files: [{ name: 'drift.mp4', bytes: 6 }, { name: 'still.png' }],
    });
    const [video] = message.files;
    expect(parseFileId(filesOf(event)[0]?.id ?? '')?.place).toEqual({
      channel: renders.id,
      message: message.id,
      attachment: video?.id,
    });
    expect(event.at).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is left alone where nothing is watched, unless it mentions the bot', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild } = studio;
    const other = guild.addChannel('other');
    const bot = await listenToDiscord(studio, { channels: [other.id] });
    await anna.uploads(renders, [VIDEO], { text: 'not for you' });
    await anna.uploads(renders, [NOTES], { text: 'look', mention: true });
    await anna.uploads(other, [VIDEO], { text: 'for you' });
    await bot.hears(({ where }) => where.channel === other.id);
    expect(bot.received.map((event) => (event.kind === 'upload' ? event.text : ''))).toEqual([
      'look',
      'for you',
    ]);
    expect(filesOf(bot.received[0] as Inbound).map(({ name }) => name)).toEqual(['notes.txt']);
  });

  it('without a video is none of its business, but in a thread of its own', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders } = studio;
    const root = anna.says(renders, 'a thread');
    const thread = renders.openThread(anna, { name: 'mine', on: root });
    const bot = await listenToDiscord(studio, { ownsThread: ({ thread: id }) => id === thread.id });
    await anna.uploads(renders, [PICTURE]);
    const message = await anna.uploads(thread, [PICTURE, NOTES]);
    expect(meaning(await bot.hears())).toMatchObject({
      kind: 'upload',
      where: { channel: renders.id, thread: thread.id, message: message.id },
      files: [{ name: 'still.png' }],
    });
    expect(bot.received).toHaveLength(1);
  });

  it('works in a direct conversation, whatever the files are', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, bot: app } = studio;
    const bot = await listenToDiscord(studio, { channels: ['1'] });
    const direct = discord.direct(anna, app);
    await anna.uploads(direct, [NOTES], { text: 'take it' });
    expect(await bot.hears()).toMatchObject({
      kind: 'upload',
      where: { tenant: '@me', channel: direct.id },
      user: { groups: [] },
      text: 'take it',
    });
  });

  it('arrives with a mention though the bot may not read messages, and the log says which ways are open', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, bot: app, discord } = studio;
    app.intents.messageContent = false;
    const bot = await listenToDiscord(studio);
    expect(await bot.says('without the Message Content intent')).toContain('/cosmos create with files');
    expect(discord.gateway.identifies.at(-1)?.intents).toBe(1 | (1 << 9) | (1 << 12));
    await anna.uploads(renders, [VIDEO], { text: 'not readable' });
    await anna.uploads(renders, [VIDEO], { text: 'readable', mention: true });
    expect(await bot.hears()).toMatchObject({ text: 'readable', files: [{ name: 'drift.mp4' }] });
    expect(bot.received).toHaveLength(1);
  });
});

describe('a forwarded message', () => {
  it('is an upload of whoever forwards it, with the words and the files that it shows', async () => {
    const studio = await openDiscordStudio();
    const { anna, ben, renders, guild } = studio;
    const drafts = guild.addChannel('drafts');
    const bot = await listenToDiscord(studio, { channels: [renders.id] });
    const original = await ben.uploads(drafts, [VIDEO, NOTES], { text: 'a street at night' });
    const forward = anna.forwards(original, renders);
    const event = await bot.hears();
    expect(meaning(event)).toMatchObject({
      ...{ kind: 'upload', text: 'a street at night', user: anna.id },
      where: { channel: renders.id, message: forward.id },
      files: [{ name: 'drift.mp4', bytes: 6 }],
    });
    const [video] = original.files;
    expect(parseFileId(filesOf(event)[0]?.id ?? '')?.place).toEqual({
      ...{ channel: renders.id, message: forward.id, attachment: video?.id },
    });
  });

  it('works in a direct conversation, and its link can be renewed', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio, { channels: ['1'] });
    const original = await anna.uploads(renders, [VIDEO]);
    anna.forwards(original, discord.direct(anna, app));
    const [file] = filesOf(await bot.hears());
    if (file === undefined) throw new Error('no file has arrived');
    const to = join(await temporaryDirectory(), 'drift.mp4');
    const old = { ...file, id: file.id.replace(/ex=[0-9a-f]+/, 'ex=1') };
    expect(old.id).not.toBe(file.id);
    await bot.chat.download(old, to, 1_000);
    expect(await readFile(to, 'utf8')).toBe('frames');
  });

  it('does not call the bot by the words of somebody else', async () => {
    const studio = await openDiscordStudio();
    const { anna, ben, renders } = studio;
    const bot = await listenToDiscord(studio);
    const called = ben.mentions(renders, 'queue');
    anna.forwards(called, renders);
    anna.mentions(renders, 'status');
    await bot.hears((event) => event.kind === 'command' && event.text === 'status');
    expect(bot.received.map(({ user }) => user.id)).toEqual([ben.id, anna.id]);
  });
});

describe('an edit', () => {
  it('makes no second prompt, and no first one', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    const upload = await anna.uploads(renders, [VIDEO], { text: 'night' });
    anna.edits(upload, 'day');
    const words = anna.says(renders, 'nothing for the bot');
    anna.edits(words, `${app.mention} status`);
    anna.mentions(renders, 'queue');
    await bot.hears(({ kind }) => kind === 'command');
    expect(bot.received.map((event) => ('text' in event ? event.text : ''))).toEqual(['night', 'queue']);
  });
});

describe('a mention', () => {
  it('with words is a command, in the channel and in threads', async () => {
    const studio = await openDiscordStudio();
    const { anna, ben, renders } = studio;
    const bot = await listenToDiscord(studio);
    const asked = anna.mentions(renders, `list runs <@${ben.id}> <#${renders.id}>`);
    const thread = renders.openThread(anna, { name: 'mine', on: asked });
    const within = anna.mentions(thread, 'inference edge=0.8');
    await bot.hears(({ where }) => where.thread === thread.id);
    expect(bot.received.map(meaning)).toEqual([
      {
        kind: 'command',
        text: 'list runs @ben #renders',
        where: { channel: renders.id, message: asked.id },
        user: anna.id,
      },
      {
        kind: 'command',
        text: 'inference edge=0.8',
        where: { channel: renders.id, thread: thread.id, message: within.id },
        user: anna.id,
      },
    ]);
  });

  it('counts what stands behind it, and all of it where nothing does', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    anna.says(renders, `please ${app.mention} status`);
    anna.says(renders, `status ${app.mention}`);
    anna.says(renders, 'nobody is called');
    anna.mentions(renders, '');
    await bot.hears((event) => event.kind === 'command' && event.text === '');
    expect(bot.received.map((event) => (event.kind === 'command' ? event.text : ''))).toEqual([
      'status',
      'status',
      '',
    ]);
  });

  it('is not needed in a direct conversation', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    anna.says(discord.direct(anna, app), 'list prompts');
    expect(await bot.hears()).toMatchObject({ kind: 'command', text: 'list prompts' });
  });

  it('tells the roles of whoever writes', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders, guild } = studio;
    const artists = guild.addRole('artists');
    guild.give(anna, artists);
    const bot = await listenToDiscord(studio);
    anna.mentions(renders, 'status');
    expect((await bot.hears()).user.groups).toEqual([guild.id, artists.id]);
  });
});

describe('what is not for the bot', () => {
  it('its own messages and those of other bots never work', async () => {
    const studio = await openDiscordStudio();
    const { discord, anna, renders, guild, bot: app } = studio;
    const bot = await listenToDiscord(studio);
    await bot.chat.post(
      'key',
      { platform: bot.chat.platform, tenant: guild.id, channel: renders.id },
      { mark: 'none', title: ['status ', { mention: app.user.id, name: 'cosmos' }], blocks: [], actions: [] },
    );
    const stranger = discord.addApplication('stranger');
    guild.invite(stranger);
    await fetch(`${discord.apiUrl}/v10/channels/${renders.id}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${stranger.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: `${app.mention} status` }),
    });
    anna.mentions(renders, 'queue');
    expect(await bot.hears()).toMatchObject({ text: 'queue' });
    expect(bot.received).toHaveLength(1);
  });
});

describe('saving', () => {
  it('a message that the busy store refuses is saved later', async () => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    const save = bot.receive;
    const { CosmosError } = await import('../../../src/core/errors.ts');
    let refusals = 1;
    bot.receive = async (event) => {
      if (refusals-- > 0) throw new CosmosError('store.busy');
      await save(event);
    };
    await studio.anna.uploads(studio.renders, [VIDEO]);
    await bot.says('not saved yet');
    expect(await bot.hears()).toMatchObject({ kind: 'upload' });
  });

  it('a message that is delivered twice is one event', async () => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.gateway.duplicate('MESSAGE_CREATE');
    await studio.anna.uploads(studio.renders, [VIDEO], { text: 'one' });
    await studio.anna.uploads(studio.renders, [VIDEO], { text: 'two' });
    await bot.hears((event) => event.kind === 'upload' && event.text === 'two');
    expect(bot.received).toHaveLength(2);
  });
});
