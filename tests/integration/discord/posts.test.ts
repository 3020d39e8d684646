import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiscordAPIError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { cardHash } from '../../../src/bot/chat/card-hash.ts';
import type { DiscordInbound } from '../../../src/bot/discord/discord-inbound.ts';
import { DIRECT_TENANT } from '../../../src/bot/discord/platform.ts';
import type { Card, ChatReference } from '../../../src/core/ports/chat.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openDiscordDesk } from '../../support/discord-desk.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const POST = 'POST /channels/{channel}/messages';
const EDIT = 'PATCH /channels/{channel}/messages/{message}';
const THREAD = 'POST /channels/{channel}/messages/{message}/threads';
const LONG_AGO = Date.now() - 3_600_000;

function titled(title: string, more: Partial<Card> = {}): Card {
  return { mark: 'none', title: [title], blocks: [], actions: [], ...more };
}

/** The thread that the reference names. */
function threadIn(studio: DiscordStudio, { thread = '' }: ChatReference) {
  return studio.discord.channel(thread);
}

describe('a post', () => {
  it('shows title, body and buttons, and pings nobody but whom the card mentions', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const card = titled('Done @everyone', {
      mark: 'done',
      blocks: [
        { type: 'text', text: [{ mention: studio.anna.id, name: 'anna' }, ` and <@${studio.ben.id}>`] },
        { type: 'quote', text: '@here **loud**' },
      ],
      actions: [{ verb: 'rate', label: '5 ★', target: 'rs_00000000', arguments: ['5'] }],
    });
    const { message = '' } = await chat.post('key', channel, card);
    const seen = studio.renders.now(message);
    expect(seen?.pinged).toEqual([studio.anna.id]);
    expect(seen?.controls.map(({ text }) => text)).toEqual(['5 ★']);
    expect(seen?.words).toContain('Done');
    expect(seen?.words).toContain('\\*\\*loud\\*\\*');
  });

  it('that Discord accepted without an answer is found, and is not posted again with its key', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(POST, trouble.reset('after'));
    await expect(chat.post('key', channel, titled('One'))).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    const [found] = await chat.find('key', channel, LONG_AGO);
    expect(await chat.post('key', channel, titled('One'))).toEqual(found);
    expect(studio.renders.timeline).toHaveLength(1);
  });

  it('is looked for again where a look fails', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const posted = await chat.post('key', channel, titled('One'));
    const looks = 'GET /channels/{channel}/messages';
    const failing = studio.discord.injections.inject(looks, trouble.serverError('before'), { times: 2 });
    expect(await chat.find('key', channel, LONG_AGO)).toEqual([posted]);
    expect(failing.hits).toBe(2);
  });

  it('with other content than an earlier one of its key is not believed to be shown', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const message = await chat.post('key', channel, titled('One'));
    await expect(chat.post('key', channel, titled('Two'))).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    expect(await chat.find('key', channel, LONG_AGO)).toEqual([message]);
  });

  it.each([['an error after it was done', trouble.serverError('after')] as const])(
    'is sent once after %s',
    async (_name, what) => {
      const studio = await openDiscordStudio();
      const { chat, channel } = openDiscordDesk(studio);
      const injection = studio.discord.injections.inject(POST, what, { times: 5 });
      await expect(chat.post('key', channel, titled('One'))).rejects.toMatchObject({
        code: 'chat.unavailable',
      });
      expect(injection.hits).toBe(1);
    },
  );

  it('waits where Discord asks for it, and then is posted', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const injection = studio.discord.injections.inject(POST, trouble.rateLimited(0.05));
    const { message = '' } = await chat.post('key', channel, titled('One'));
    expect(studio.renders.now(message)?.words).toContain('One');
    expect(injection.hits).toBe(1);
  });

  it('where the bot may not write is refused, and Discord is not asked again at once', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.renders.deny(studio.bot, 'SEND_MESSAGES');
    for (const key of ['one', 'two', 'three']) {
      await expect(chat.post(key, channel, titled('One'))).rejects.toMatchObject({
        code: 'chat.not_permitted',
        parameters: { platform: 'Discord', detail: 'Missing Permissions (50013)' },
      });
    }
    // The card, and words of why it is not there.
    expect(studio.discord.calls.of(POST)).toHaveLength(2);
  });

  it('where the bot may write but show no card says so there, once', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { refusalMs: 0 } });
    studio.renders.deny(studio.bot, 'EMBED_LINKS');
    for (const key of ['one', 'two']) {
      await expect(chat.post(key, channel, titled('One'))).rejects.toMatchObject({
        code: 'chat.not_permitted',
      });
    }
    expect(studio.renders.timeline.map(({ words }) => words)).toEqual([
      expect.stringContaining('Embed Links'),
    ]);
    expect(studio.renders.timeline[0]?.pinged).toEqual([]);
  });

  it('into a channel or thread that is gone is told as that', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const thread = await chat.openThread('thread', channel, 'A street');
    threadIn(studio, thread).remove();
    await expect(chat.post('key', thread, titled('One'))).rejects.toMatchObject({ code: 'chat.place_gone' });
  });

  it('with a picture shows it within the card, and its edits neither lose nor repeat it', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const path = join(await temporaryDirectory(), 'poster.jpg');
    await writeFile(path, 'a picture');
    const picture = { type: 'picture' as const, path, description: 'A street' };
    const target = await chat.post('key', channel, titled('One', { blocks: [picture] }));
    const files = () =>
      studio.renders.now(target.message ?? '')?.files.map(({ id, embedded }) => ({ id, embedded }));
    const first = files();
    expect(first).toMatchObject([{ embedded: true }]);
    await chat.edit(target, titled('Two', { blocks: [picture] }));
    expect(files()).toEqual(first);
    // Another process of the bot knows nothing of the message.
    const { chat: restarted } = openDiscordDesk(studio);
    expect(await restarted.edit(target, titled('Three'))).toEqual({ state: 'edited' });
    expect(files()).toEqual([]);
    expect(await restarted.find('key', channel, LONG_AGO)).toEqual([target]);
  });

  it('that another process of the bot has changed is looked at before what is known of it is wrong twice', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const { chat: other } = openDiscordDesk(studio);
    const directory = await temporaryDirectory();
    const pictures = ['one.jpg', 'two.jpg'].map((name) => ({
      ...{ type: 'picture' as const, path: join(directory, name), description: name },
    }));
    for (const { path } of pictures) await writeFile(path, path);
    const [first, ...rest] = pictures;
    if (first === undefined) throw new Error('there is no picture');
    const files = () => studio.renders.now(target.message ?? '')?.files.map(({ id }) => id) ?? [];
    const target = await chat.post('key', channel, titled('One', { blocks: rest }));
    await chat.edit(target, titled('Two', { blocks: [first] }));
    const shown = files();
    await chat.edit(target, titled('Three', { blocks: [first] }));
    expect(files()).toEqual(shown);

    await other.edit(target, titled('Four'));
    await expect(chat.edit(target, titled('Five', { blocks: pictures }))).rejects.toBeDefined();
    expect(await chat.edit(target, titled('Five', { blocks: pictures }))).toEqual({ state: 'edited' });
    expect(files()).toHaveLength(2);

    await other.edit(target, titled('Six'));
    expect(await chat.shown(target)).toBe(cardHash(titled('Six')));
    await chat.edit(target, titled('Seven', { blocks: pictures }));
    expect(files()).toHaveLength(2);
  });

  it('whose embed somebody has taken away shows no card, until it is edited', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const target = await chat.post('key', channel, titled('One'));
    const stored = studio.discord.state.channel(studio.renders.id).messages.at(-1);
    if (stored === undefined) throw new Error('nothing was posted');
    stored.embeds = [];
    const shown = await chat.shown(target);
    expect(shown).not.toBeNull();
    expect(shown).not.toBe(cardHash(titled('One')));
    await chat.edit(target, titled('One'));
    expect(await chat.shown(target)).toBe(cardHash(titled('One')));
  });

  it('is deleted, also where its thread is archived, and is no trouble where it is gone', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const where = await chat.openThread('thread', channel, 'A street');
    const target = await chat.post('key', where, titled('One'));
    threadIn(studio, where).archive();
    await chat.delete(target);
    expect(threadIn(studio, where).now(target.message ?? '')).toBeUndefined();
    await chat.delete(target);
    threadIn(studio, where).remove();
    await chat.delete(target);
    expect(await chat.find('key', where, LONG_AGO)).toEqual([]);
    expect(await chat.shown(target)).toBeNull();
    expect(await chat.edit(target, titled('Two'))).toEqual({ state: 'gone' });
  });

  it('is posted without its picture where the bot may not attach files', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const path = join(await temporaryDirectory(), 'poster.jpg');
    await writeFile(path, 'a picture');
    studio.renders.deny(studio.bot, 'ATTACH_FILES');
    const card = titled('One', { blocks: [{ type: 'picture', path, description: 'A street' }] });
    const target = await chat.post('key', channel, card);
    expect(studio.renders.now(target.message ?? '')?.files).toEqual([]);
    expect(await chat.shown(target)).toBe(cardHash(card));
  });

  it('is posted without its picture where something in between finds it too large', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const path = join(await temporaryDirectory(), 'poster.jpg');
    await writeFile(path, 'a picture');
    studio.discord.injections.inject(POST, trouble.serverError('before', 413));
    const card = titled('One', { blocks: [{ type: 'picture', path, description: 'A street' }] });
    const { message = '' } = await chat.post('key', channel, card);
    expect(studio.renders.now(message)?.files).toEqual([]);
  });

  it('that something in between refuses is told by its status, and may pass later', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(POST, trouble.serverError('before', 404));
    await expect(chat.post('key', channel, titled('One'))).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'HTTP 404' },
    });
  });

  it('is found among more messages than a page holds, whatever else stands there', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    for (let count = 0; count < 60; count++) studio.anna.says(studio.renders, `word ${count}`);
    // Of a kind that nobody knows yet.
    const odd = studio.discord.state.channel(studio.renders.id).messages[30];
    if (odd === undefined) throw new Error('nothing was said');
    odd.embeds = [{ image: { url: 7 } }];
    for (let count = 0; count < 60; count++) studio.anna.says(studio.renders, `word ${count}`);
    const posted = await chat.post('key', channel, titled('One'));
    expect(await chat.find('key', channel, LONG_AGO)).toEqual([posted]);
  });

  it('after a refused token says so, and goes on as soon as the token is good', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, { times: { refusalMs: 0 } });
    studio.discord.injections.inject(POST, trouble.refused(401, 0, '401: Unauthorized'));
    await expect(chat.post('key', channel, titled('One'))).rejects.toMatchObject({
      code: 'chat.token_refused',
    });
    expect(await chat.post('key', channel, titled('One'))).toMatchObject({ channel: channel.channel });
  });
});

describe('an answer', () => {
  const answering = async (answer: DiscordInbound['answer']) => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio, {
      listen: () => ({
        ...{ start: async () => undefined, stop: async () => undefined, person: async (user) => user },
        answer,
      }),
    });
    const answered = { event: 'event', user: studio.anna.id };
    return { studio, channel, post: async () => await chat.post('key', channel, titled('One'), answered) };
  };

  it('that one person alone has seen is nowhere else, and nobody looks for it', async () => {
    const { studio, channel, post } = await answering(async () => true);
    expect(await post()).toEqual(channel);
    expect(studio.renders.timeline).toEqual([]);
  });

  it('that Discord refuses is posted for all', async () => {
    const gone = new DiscordAPIError(
      ...([{ code: 10_015, message: 'Unknown Webhook' }, 10_015, 404, 'POST', '', {}] as const),
    );
    const { studio, post } = await answering(async () => {
      throw gone;
    });
    expect((await post()).message).toBe(studio.renders.timeline[0]?.id);
  });

  it('that may have arrived does not go another way as well', async () => {
    const { studio, post } = await answering(async () => {
      throw new TypeError('fetch failed');
    });
    await expect(post()).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(studio.renders.timeline).toEqual([]);
  });
});

describe('an edit', () => {
  it('beyond the limit says when to come again, and is sent once', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const target = await chat.post('key', channel, titled('One'));
    const injection = studio.discord.injections.inject(EDIT, trouble.rateLimited(7));
    const outcome = await chat.edit(target, titled('Two'));
    expect(outcome).toMatchObject({ state: 'throttled' });
    expect(outcome.state === 'throttled' && outcome.retryAfterMs).toBeGreaterThanOrEqual(7_000);
    expect(injection.hits).toBe(1);
    expect(await chat.shown(target)).toBe(cardHash(titled('One')));
  });

  it('of an old message is refused by Discord as such, and waits as long as it says', async () => {
    const clock = new FakeClock(Date.now());
    const studio = await openDiscordStudio({ clock });
    const { chat, channel } = openDiscordDesk(studio);
    const target = await chat.post('key', channel, titled('One'));
    clock.advance(61 * 60_000);
    const outcomes = [];
    for (let count = 0; count < 4; count++) outcomes.push(await chat.edit(target, titled(`Edit ${count}`)));
    expect(outcomes.map(({ state }) => state)).toEqual(['edited', 'edited', 'edited', 'throttled']);
    expect(chat.capabilities.edit.slowAfterMs).toBeLessThan(60 * 60_000);
  });

  it('in an archived thread opens it again', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const where = await chat.openThread('thread', channel, 'A street');
    const target = await chat.post('key', where, titled('One'));
    threadIn(studio, where).archive();
    expect(await chat.edit(target, titled('Two'))).toEqual({ state: 'edited' });
    expect(threadIn(studio, where).isArchived).toBe(false);
  });

  it('in a thread that moderators have locked is refused, and said as that', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const where = await chat.openThread('thread', channel, 'A street');
    const target = await chat.post('key', where, titled('One'));
    threadIn(studio, where).lock();
    threadIn(studio, where).archive();
    await expect(chat.edit(target, titled('Two'))).rejects.toMatchObject({ code: 'chat.not_permitted' });
    await expect(chat.post('other', where, titled('Two'))).rejects.toMatchObject({
      code: 'chat.not_permitted',
    });
  });

  it('of unknown outcome is not believed', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const target = await chat.post('key', channel, titled('One'));
    studio.discord.injections.inject(EDIT, trouble.serverError('after'));
    await expect(chat.edit(target, titled('Two'))).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(await chat.shown(target)).toBe(cardHash(titled('Two')));
  });
});

describe('a thread', () => {
  it('hangs on the message that began it, and is the same one however often it is opened', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const said = studio.anna.says(studio.renders, 'Look at this');
    const parent = { ...channel, message: said.id };
    const first = await chat.openThread('thread', parent, 'A street');
    expect(await chat.openThread('thread', parent, 'A street')).toEqual(first);
    expect(first).toEqual({ ...channel, thread: said.id });
    expect(studio.renders.threads.map(({ name }) => name)).toEqual(['A street']);
  });

  it.each([50_024, 160_006, 160_007])('is the channel itself where Discord says %d', async (code) => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(THREAD, trouble.refused(400, code));
    expect(await chat.openThread('thread', channel, 'A street')).toEqual(channel);
  });

  it('is the channel itself where also the message of the bot is gone', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const said = studio.anna.says(studio.renders, 'Look at this');
    studio.discord.injections.inject(THREAD, trouble.refused(404, 10_008), { times: 2 });
    expect(await chat.openThread('thread', { ...channel, message: said.id }, 'A street')).toEqual(channel);
  });

  it('is archived as late as possible: edits keep none open', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const where = await chat.openThread('thread', channel, 'A street');
    expect(threadIn(studio, where).state.thread?.autoArchiveMinutes).toBe(7 * 24 * 60);
  });

  it('in which something is said is the one that it is about', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const where = await chat.openThread('thread', channel, 'A street');
    const { message = '' } = await chat.post('key', where, titled('One'));
    expect(await chat.openThread('other', { ...where, message }, 'Another')).toEqual(where);
    expect(studio.renders.threads).toHaveLength(1);
  });

  it('is opened on a message of the bot where the first message is gone', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const said = studio.anna.says(studio.renders, 'Look at this');
    studio.anna.deletes(said);
    const opened = await chat.openThread('thread', { ...channel, message: said.id }, 'A street');
    expect(opened.thread).toBeDefined();
    expect(await chat.openThread('thread', { ...channel, message: said.id }, 'A street', LONG_AGO)).toEqual(
      opened,
    );
  });

  it('whose opening was not answered is found again', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.injections.inject(THREAD, trouble.reset('after'));
    await expect(chat.openThread('thread', channel, 'A street')).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    const opened = await chat.openThread('thread', channel, 'A street', LONG_AGO);
    expect(studio.renders.threads.map(({ id }) => id)).toEqual([opened.thread]);
  });

  it('is the channel itself where the guild has as many threads as it may have', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    studio.discord.policy.maxActiveThreads = 0;
    const said = studio.anna.says(studio.renders, 'Look at this');
    const opened = await chat.openThread('thread', { ...channel, message: said.id }, 'A street');
    expect(opened).toEqual(channel);
    expect(await chat.post('key', opened, titled('One'))).toMatchObject({ channel: studio.renders.id });
  });

  it('is no thread in a direct conversation: everything stands in it', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const direct = studio.discord.direct(studio.anna, studio.bot);
    const said = studio.anna.says(direct, 'Look at this');
    const place = { ...channel, tenant: DIRECT_TENANT, channel: direct.id };
    const opened = await chat.openThread('thread', { ...place, message: said.id }, 'A street');
    expect(opened).toEqual(place);
    const { message = '' } = await chat.post('key', opened, titled('One'));
    expect(direct.now(message)?.words).toContain('One');
  });

  it('may have any title', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    for (const title of ['', '\u0000\n', 'x'.repeat(500), '👩‍👩‍👧‍👦'.repeat(30)]) {
      expect((await chat.openThread(`thread ${title}`, channel, title)).thread).toBeDefined();
    }
  });
});

describe('a bot that was removed from the guild', () => {
  it('hears that it may do nothing there', async () => {
    const studio = await openDiscordStudio();
    const { chat, channel } = openDiscordDesk(studio);
    const target = await chat.post('key', channel, titled('One'));
    studio.guild.kick(studio.bot);
    await expect(chat.edit(target, titled('Two'))).rejects.toMatchObject({ code: 'chat.not_permitted' });
    await expect(chat.post('two', channel, titled('Two'))).rejects.toMatchObject({
      code: 'chat.not_permitted',
    });
  });
});
