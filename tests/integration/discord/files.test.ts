import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileId } from '../../../src/bot/discord/file-reference.ts';
import { DIRECT_TENANT } from '../../../src/bot/discord/platform.ts';
import type { Card, ChatFile, UploadFile } from '../../../src/core/ports/chat.ts';
import { linkTo } from '../../fakes/discord/cdn.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import type { SeenMessage } from '../../fakes/discord/people/seen.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openDiscordDesk } from '../../support/discord-desk.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const POST = 'POST /channels/{channel}/messages';
const MIB = 1024 * 1024;
const LONG_AGO = Date.now() - 3_600_000;
const CARD: Card = { mark: 'done', title: ['Done'], blocks: [], actions: [] };

/** A file of so many bytes, which takes no room on the disk. */
async function fileOf(bytes: number): Promise<UploadFile> {
  const path = join(await temporaryDirectory(), 'street.mp4');
  await writeFile(path, '');
  await truncate(path, bytes);
  return { path, name: 'rainy street-rs_00000000.mp4', bytes, mime: 'video/mp4' };
}

/** An attachment as the listening half names it. */
function attached(studio: DiscordStudio, message: SeenMessage, url?: string): ChatFile {
  const [file] = message.files;
  const attachment = studio.discord.state.attachments.get(file?.id ?? '');
  if (file === undefined || attachment === undefined) throw new Error('the message has no file');
  const place = { channel: message.channel, message: message.id, attachment: file.id };
  return {
    id: fileId({ url: url ?? linkTo(studio.discord, attachment), place }),
    name: file.name,
    bytes: file.size,
  };
}

describe('an upload', () => {
  it('stands with its card in one message, under a name that says its key', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const outcome = await chat.upload('key', channel, await fileOf(3 * MIB), CARD);
    const [message] = studio.renders.timeline;
    expect(outcome).toEqual({ state: 'posted', reference: { ...channel, message: message?.id } });
    expect(message?.files).toMatchObject([{ size: 3 * MIB, contentType: 'video/mp4', embedded: false }]);
    expect(message?.files[0]?.name).toMatch(/^rainy_street-rs_00000000-[0-9a-f]{10}\.mp4$/);
    expect(message?.words).toContain('Done');
  });

  it.each([
    ['an error of the server', trouble.serverError('after')],
    ['a broken connection', trouble.reset('after')],
  ])(
    'that was accepted, with %s in place of an answer, is found by its key and sent once',
    async (_name, what) => {
      const studio = await openDiscordStudio();
      const { chat, channel } = openDiscordDesk(studio);
      const injection = studio.discord.injections.inject(POST, what, { times: 3 });
      await expect(chat.upload('key', channel, await fileOf(MIB), CARD)).rejects.toMatchObject({
        code: 'chat.unavailable',
      });
      expect(injection.hits).toBe(1);
      const [found, ...more] = await chat.find('key', channel, LONG_AGO);
      expect(more).toEqual([]);
      expect(found?.message).toBe(studio.renders.timeline[0]?.id);
    },
  );

  it('that breaks half-way is not there, and can be sent again', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(POST, trouble.reset('midway'));
    const file = await fileOf(5 * MIB);
    await expect(chat.upload('key', channel, file, CARD)).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(await chat.find('key', channel, LONG_AGO)).toEqual([]);
    expect(await chat.upload('key', channel, file, CARD)).toMatchObject({ state: 'posted' });
  });

  it('may take long, and holds up no other message', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { callMs: 300, stallMs: 60_000 } });
    const slow = studio.discord.injections.inject(POST, trouble.slow(), {
      when: ({ files }) => files.length > 0,
    });
    const uploading = chat.upload('key', channel, await fileOf(MIB), CARD);
    await slow.hit();
    expect(await chat.post('other', channel, CARD)).toMatchObject({ channel: channel.channel });
    slow.release();
    expect(await uploading).toMatchObject({ state: 'posted' });
  });

  it('may take longer than any other call', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { callMs: 300, stallMs: 60_000 } });
    const { injections } = studio.discord;
    const slow = injections.inject(POST, trouble.slow(), { when: ({ files }) => files.length > 0 });
    const uploading = chat.upload('key', channel, await fileOf(MIB), CARD);
    await slow.hit();
    injections.inject(POST, trouble.silence('before'));
    await expect(chat.post('other', channel, CARD)).rejects.toMatchObject({
      parameters: { detail: 'deadline' },
    });
    slow.release();
    expect(await uploading).toMatchObject({ state: 'posted' });
  });

  it('whose bytes do not move is given up', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { stallMs: 100 } });
    studio.discord.injections.inject(POST, trouble.silence('before'));
    await expect(chat.upload('key', channel, await fileOf(MIB), CARD)).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'deadline' },
    });
  });

  it('that waits for others has as much time as they have once it is its turn', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { stallMs: 300 } });
    const silent = studio.discord.injections.inject(POST, trouble.silence('before'), { times: 2 });
    const first = chat.upload('first', channel, await fileOf(MIB), CARD);
    await silent.hit();
    const second = chat.upload('second', channel, await fileOf(MIB), CARD);
    const third = chat.upload('third', channel, await fileOf(MIB), CARD);
    for (const each of [first, second]) {
      await expect(each).rejects.toMatchObject({ code: 'chat.unavailable' });
    }
    expect(await third).toMatchObject({ state: 'posted' });
  });

  it.each([
    [0, 10],
    [1, 10],
    [2, 50],
    [3, 100],
  ] as const)('in a guild of boost tier %d takes %d MiB', async (tier, mebibytes) => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.guild.boost(tier);
    expect(await chat.maxUploadBytes(channel)).toBe(mebibytes * MIB);
  });

  it('that Discord refuses for its size teaches the limit, and no such file is sent again', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.guild.boost(3);
    studio.discord.policy.refuseAboveBytes = 25 * MIB;
    const file = await fileOf(30 * MIB);
    expect(await chat.upload('key', channel, file, CARD)).toEqual({ state: 'too_large', maxBytes: 25 * MIB });
    expect(await chat.upload('key', channel, file, CARD)).toEqual({ state: 'too_large', maxBytes: 25 * MIB });
    expect(await chat.maxUploadBytes(channel)).toBe(25 * MIB);
    expect(studio.discord.calls.all.filter(({ route }) => route === POST)).toHaveLength(1);
  });

  it('may be as large as another boost of the guild allows, whatever was refused before', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.guild.boost(3);
    studio.discord.policy.refuseAboveBytes = 10 * MIB;
    await chat.upload('key', channel, await fileOf(30 * MIB), CARD);
    expect(await chat.maxUploadBytes(channel)).toBe(25 * MIB);
    studio.guild.boost(2);
    expect(await chat.maxUploadBytes(channel)).toBe(50 * MIB);
    studio.guild.boost(0);
    expect(await chat.maxUploadBytes(channel)).toBe(10 * MIB);
  });

  it.each([
    [9, 8],
    [10, 8],
    [10.5, 10],
    [26, 25],
    [51, 50],
    [5, 5 - 1 / MIB],
  ])('of %d MiB that is refused leaves %d MiB to try', async (mebibytes, left) => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.guild.boost(3);
    studio.discord.injections.inject(POST, trouble.tooLarge());
    const bytes = mebibytes * MIB;
    expect(await chat.upload('key', channel, await fileOf(bytes), CARD)).toEqual({
      state: 'too_large',
      maxBytes: left * MIB,
    });
  });

  it('is never tried as large as one that was refused, however small that was', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(POST, trouble.tooLarge(), { times: 2 });
    const small = await fileOf(2 * MIB);
    expect(await chat.upload('key', channel, small, CARD)).toEqual({
      state: 'too_large',
      maxBytes: 2 * MIB - 1,
    });
    const direct = { ...channel, tenant: DIRECT_TENANT };
    expect(await chat.maxUploadBytes(direct)).toBe(10 * MIB);
  });

  it('may be as large as anywhere where Discord does not say how far the guild is boosted', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const GUILD = 'GET /guilds/{guild}';
    studio.guild.boost(3);
    studio.discord.injections.inject(GUILD, trouble.refused(403, 50_001));
    expect(await chat.maxUploadBytes(channel)).toBe(10 * MIB);
    const { chat: other } = openDiscordDesk(studio);
    studio.discord.injections.inject(GUILD, trouble.reset('before'), { times: 3 });
    await expect(other.maxUploadBytes(channel)).rejects.toMatchObject({ code: 'chat.unavailable' });
  });

  it('asks how far a guild is boosted once in a while only', async () => {
    const clock = new FakeClock(Date.now());
    const studio = await openDiscordStudio({ clock });
    const { chat, channel } = openDiscordDesk(studio, { clock, times: { guildMs: 60_000 } });
    studio.guild.boost(2);
    expect(await chat.maxUploadBytes(channel)).toBe(50 * MIB);
    studio.guild.boost(3);
    clock.advance(59_999);
    expect(await chat.maxUploadBytes(channel)).toBe(50 * MIB);
    clock.advance(1);
    expect(await chat.maxUploadBytes(channel)).toBe(100 * MIB);
  });

  it('where the bot may not attach files is refused, and a message without it is not', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.renders.deny(studio.bot, 'ATTACH_FILES');
    expect(await chat.upload('key', channel, await fileOf(MIB), CARD)).toEqual({
      state: 'refused',
      detail: 'Missing Permissions (50013)',
    });
    expect(await chat.post('key', channel, CARD)).toMatchObject({ channel: channel.channel });
  });
});

describe('a download', () => {
  it('takes the link that came with the message, and asks Discord for nothing', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const to = join(await temporaryDirectory(), 'file');
    await chat.download(attached(studio, message), to, 100);
    expect(await readFile(to, 'utf8')).toBe('a film');
    expect(studio.discord.calls.all.map(({ route }) => route)).toEqual(['GET cdn']);
  });

  it('asks for a fresh link where the one that came has expired', async () => {
    const clock = new FakeClock(Date.now());
    const studio = await openDiscordStudio({ clock });
    const { chat } = openDiscordDesk(studio, { clock });
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const file = attached(studio, message);
    clock.advance(25 * 3_600_000);
    const to = join(await temporaryDirectory(), 'file');
    await chat.download(file, to, 100);
    expect(await readFile(to, 'utf8')).toBe('a film');
  });

  it('of a file whose message is gone is told as that', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const file = attached(studio, message);
    studio.anna.deletes(message);
    const to = join(await temporaryDirectory(), 'file');
    await expect(chat.download(file, to, 100)).rejects.toMatchObject({ code: 'input.file_missing' });
  });

  it('goes to no other host', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const to = join(await temporaryDirectory(), 'file');
    for (const url of [
      'https://example.com/attachments/1/2/a.mp4',
      'http://cdn.discordapp.com/a.mp4',
      'file:///etc/passwd',
    ]) {
      await expect(chat.download({ id: fileId({ url }), name: 'a.mp4' }, to, 100)).rejects.toMatchObject({
        code: 'input.file_unreadable',
      });
    }
  });

  it('of something that is no media is refused', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'notes.txt', content: 'notes' }]);
    const to = join(await temporaryDirectory(), 'file');
    await expect(chat.download(attached(studio, message), to, 100)).rejects.toMatchObject({
      code: 'input.not_media',
    });
  });

  it('of a file that says to be too large is not begun, and ends where it says less', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const file = attached(studio, message);
    const to = join(await temporaryDirectory(), 'file');
    const tooLarge = { code: 'input.file_too_large', parameters: { file: 'street.mp4', maxBytes: 5 } };
    await expect(chat.download(file, to, 5)).rejects.toMatchObject(tooLarge);
    expect(studio.discord.calls.of('GET cdn')).toEqual([]);
    await expect(chat.download({ ...file, bytes: 1 }, to, 5)).rejects.toMatchObject(tooLarge);
    await chat.download({ ...file, bytes: 6 }, to, 6);
  });

  it('that ends before the file does may pass later', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const to = join(await temporaryDirectory(), 'file');
    await expect(chat.download({ ...attached(studio, message), bytes: 7 }, to, 100)).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'the file ended too early' },
    });
    await expect(readFile(to)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('whose bytes do not move any more is given up', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio, { times: { stallMs: 100 } });
    const message = await studio.anna.uploads(studio.renders, [
      { name: 'street.mp4', content: 'x'.repeat(100_000) },
    ]);
    const silent = studio.discord.injections.inject('GET cdn', trouble.silence('midway'));
    const to = join(await temporaryDirectory(), 'file');
    await expect(chat.download(attached(studio, message), to, MIB)).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'deadline' },
    });
    silent.release();
  });

  it('of a link that works no more asks for another one, once', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content: 'a film' }]);
    const to = join(await temporaryDirectory(), 'file');
    const failing = studio.discord.injections.inject('GET cdn', trouble.serverError('before', 404));
    await chat.download(attached(studio, message), to, 100);
    expect(failing.hits).toBe(1);
    studio.discord.injections.inject('GET cdn', trouble.serverError('before', 403), { times: 2 });
    await expect(chat.download(attached(studio, message), to, 100)).rejects.toMatchObject({
      code: 'input.file_missing',
    });
    studio.discord.injections.inject('GET cdn', trouble.serverError('before', 503));
    await expect(chat.download(attached(studio, message), to, 100)).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'HTTP 503' },
    });
  });

  it('that breaks off leaves nothing, and may pass later', async () => {
    const studio = await openDiscordStudio();
    const { chat } = openDiscordDesk(studio);
    const content = 'x'.repeat(100_000);
    const message = await studio.anna.uploads(studio.renders, [{ name: 'street.mp4', content }]);
    studio.discord.injections.inject('GET cdn', trouble.reset('midway'));
    const to = join(await temporaryDirectory(), 'file');
    await expect(chat.download(attached(studio, message), to, MIB)).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    await expect(readFile(to)).rejects.toMatchObject({ code: 'ENOENT' });
    await chat.download(attached(studio, message), to, MIB);
    expect(await readFile(to, 'utf8')).toBe(content);
  });
});
