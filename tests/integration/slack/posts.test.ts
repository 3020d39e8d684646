import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/bot/slack/limits.ts';
import type { SlackListening } from '../../../src/bot/slack/slack-chat.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { openDesk, titled } from '../../support/slack-desk.ts';
import { openStudio } from '../../support/slack-studio.ts';

const since = () => Date.now() - 60_000;

describe('a post', () => {
  it.each([
    ['an error of the server', trouble.serverError('after')],
    ['a broken connection', trouble.reset('after')],
  ])('that arrived in spite of %s is sent once, and found', async (_what, injected) => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    studio.slack.injections.inject('chat.postMessage', injected);
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    expect(studio.slack.calls.of('chat.postMessage')).toHaveLength(1);
    const [found, ...rest] = await chat.find('k1', channel, since());
    expect(rest).toEqual([]);
    expect(found?.message).toBe(studio.renders.timeline[0]?.ts);
  });

  it('that is never answered ends by itself', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio, { times: { callMs: 50 } });
    studio.slack.injections.inject('chat.postMessage', trouble.silence('after'));
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'deadline' },
    });
  });

  it('that has to come later waits and is posted once', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    studio.slack.injections.inject('chat.postMessage', trouble.rateLimited(1));
    await chat.post('k1', channel, titled('hello'));
    expect(studio.renders.timeline).toHaveLength(1);
  });

  it('that has to come much later is left to a later try', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    studio.slack.injections.inject('chat.postMessage', trouble.rateLimited(60));
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    expect(studio.slack.calls.of('chat.postMessage')).toHaveLength(1);
  });

  it('is found among very many messages, and only where the bot wrote it', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const other = studio.slack.addApp('copycat').install(studio.workspace);
    studio.renders.invite(other);
    const stranger = await openDesk({ ...studio, bot: other });
    const root = await chat.openThread('t', channel, 'A thread');
    await stranger.chat.post('k1', root, titled('copied'));
    const mine = await chat.post('k1', root, titled('hello'));
    for (let message = 0; message < 450; message++)
      studio.anna.says(studio.renders, 'chatter', root.thread === undefined ? {} : { thread: root.thread });
    expect(await chat.find('k1', root, since())).toEqual([mine]);
    expect(studio.slack.calls.of('conversations.replies').length).toBeGreaterThanOrEqual(3);
    expect(await chat.find('k1', root, Date.now() + 60_000)).toEqual([]);
  });

  it('always has a text beside its blocks, and unfolds no links', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    await chat.post('k1', channel, titled('see https://example.org <b>', { mark: 'done' }));
    const [call] = studio.slack.calls.of('chat.postMessage');
    expect(call?.args).toMatchObject({
      text: '✔ see https://example.org &lt;b&gt;',
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
    expect(call?.unknownArguments).toEqual([]);
  });
});

describe('a post is not possible', () => {
  it.each([
    ['an archived channel', 'chat.place_gone'],
    ['a deleted channel', 'chat.place_gone'],
    ['a channel that the bot was removed from', 'chat.not_permitted'],
    ['a channel where few may write', 'chat.not_permitted'],
  ])('in %s', async (place, code) => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    studio.bot.scopes = studio.bot.scopes.filter((scope) => scope !== 'chat:write.public');
    if (place.startsWith('an archived')) studio.renders.archive();
    if (place.startsWith('a deleted')) studio.renders.remove();
    if (place.includes('removed')) studio.renders.kick(studio.bot);
    if (place.includes('few')) studio.renders.state.posting = 'read_only';
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({ code });
    await expect(chat.openThread('k2', channel, 'hello')).rejects.toMatchObject({ code });
  });

  it('in a thread that somebody has deleted, and nothing is left in the channel', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const root = studio.anna.says(studio.renders, 'root');
    studio.anna.deletes(root);
    await expect(chat.post('k1', { ...channel, thread: root.ts }, titled('hello'))).rejects.toMatchObject({
      code: 'chat.place_gone',
    });
    expect(studio.renders.timeline).toEqual([]);
  });

  it('with a token that is revoked or lacks a scope, and the token is in no log', async () => {
    const studio = await openStudio();
    const { chat, channel, log } = await openDesk(studio);
    studio.bot.scopes = ['files:read'];
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({
      code: 'chat.scope_missing',
      parameters: { platform: 'Slack', scope: expect.stringContaining('chat:write') },
    });
    studio.bot.revoked = true;
    const refused = chat.post('k1', channel, titled('hello'));
    await expect(refused).rejects.toMatchObject({ code: 'chat.token_refused' });
    studio.slack.injections.inject('auth.test', trouble.reset('before'), { times: 5 });
    await expect(chat.find('k1', channel, since())).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(log()).toContain('http request failed');
    expect(log()).not.toContain(studio.bot.botToken);
    expect(await refused.catch((error: unknown) => JSON.stringify(error) + String(error))).not.toContain(
      studio.bot.botToken,
    );
  });

  it('where something else answers in place of Slack: its page is no reason to give up', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    studio.slack.injections.inject('chat.postMessage', trouble.refused('<html>proxy</html>'));
    await expect(chat.post('k1', channel, titled('hello'))).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'unreadable answer' },
    });
  });
});

describe('a thread', () => {
  it('is that of the message which it is opened under', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const root = studio.anna.says(studio.renders, 'root');
    const under = { ...channel, message: root.ts };
    expect(await chat.openThread('t', under, 'title')).toEqual({ ...channel, thread: root.ts });
    const reply = studio.anna.says(studio.renders, 'reply', { thread: root });
    const inThread = { ...channel, thread: root.ts, message: reply.ts };
    expect(await chat.openThread('t', inThread, 'title')).toEqual({ ...channel, thread: root.ts });
    expect(studio.slack.calls.of('chat.postMessage')).toEqual([]);
  });
});

describe('reading messages', () => {
  it('has a budget that all readers share: what comes too soon waits, or is tried again later', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio, { times: { lookupIntervalMs: 100_000 } });
    const message = await chat.post('k1', channel, titled('one'));
    for (let read = 0; read < 10; read++) await chat.shown(message);
    const before = studio.slack.calls.of('conversations.replies').length;
    await expect(chat.shown(message)).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(studio.slack.calls.of('conversations.replies')).toHaveLength(before);
    // Another method has turns of its own.
    expect(await chat.find('k1', channel, 0)).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('in a channel is seen by whoever asked, and nobody looks for it', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const answered = { event: 'E1', user: studio.anna.id };
    expect(await chat.post('k1', channel, titled('only you'), answered)).toEqual(channel);
    expect(studio.anna.sees(studio.renders)).toMatchObject([{ text: 'only you', ephemeral: true }]);
    expect(studio.ben.sees(studio.renders)).toEqual([]);
  });

  it('that has to begin its thread itself says what is found there', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    await chat.openThread('k1', channel, 'rainy_street');
    const [root] = studio.renders.timeline;
    expect(root?.words).toContain('rainy_street');
    expect(root?.words).toContain('in the thread of this message');
  });

  it('for one person alone stands where they are, in a thread too, and is no message', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const { anna, ben, renders } = studio;
    const root = anna.says(renders, 'root');
    const where = { ...channel, thread: root.ts };
    const answered = { event: 'E1', user: anna.id, alone: true };
    expect(await chat.post('k1', where, titled('4 of 5'), answered)).toEqual(where);
    expect(anna.sees(renders, { thread: root })).toContainEqual(
      expect.objectContaining({ text: '4 of 5', ephemeral: true }),
    );
    expect(ben.sees(renders, { thread: root }).map(({ text }) => text)).not.toContain('4 of 5');
  });

  it('in a thread or a direct conversation is a message', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const answered = { event: 'E1', user: studio.anna.id };
    const root = studio.anna.says(studio.renders, 'root');
    const direct = studio.slack.direct(studio.anna, studio.bot);
    const inThread = await chat.post('k1', { ...channel, thread: root.ts }, titled('a'), answered);
    const inDirect = await chat.post('k2', { ...channel, channel: direct.id }, titled('b'), answered);
    expect([inThread.message, inDirect.message]).not.toContain(undefined);
    expect(direct.timeline).toMatchObject([{ text: 'b', ephemeral: false }]);
  });

  it('reaches whoever asked also where the bot was not invited', async () => {
    const studio = await openStudio();
    const { chat, channel, responseUrls } = await openDesk(studio);
    const lounge = studio.slack.addChannel(studio.workspace, 'lounge', [studio.anna], 'private');
    const where = { ...channel, channel: lounge.id };
    const answered = { event: 'E1', user: studio.anna.id };
    await expect(chat.post('k1', where, titled('invite me'), answered)).rejects.toMatchObject({
      code: 'chat.place_gone',
    });
    const secret = studio.slack.interactions.response({
      app: studio.app,
      workspace: studio.workspace,
      channel: lounge.state,
      user: studio.anna.id,
      original: undefined,
      threadTs: undefined,
    });
    responseUrls.remember('E1', `${studio.slack.origin}/response/${secret}`);
    expect(await chat.post('k1', where, titled('invite me'), answered)).toEqual(where);
    expect(studio.anna.sees(lounge)).toMatchObject([{ text: 'invite me', ephemeral: true }]);
    expect(lounge.timeline).toEqual([]);
  });

  it('that may have arrived does not go another way as well', async () => {
    const studio = await openStudio();
    const { chat, channel, responseUrls } = await openDesk(studio);
    responseUrls.remember('E1', `${studio.slack.origin}/response/unused`);
    studio.slack.injections.inject('chat.postEphemeral', trouble.serverError('after'));
    const answered = { event: 'E1', user: studio.anna.id };
    await expect(chat.post('k1', channel, titled('once'), answered)).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    expect(studio.slack.calls.of('response_url')).toEqual([]);
    expect(studio.anna.sees(studio.renders)).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('that has to come later delays neither posts nor modals', async () => {
    const studio = await openStudio();
    const { slack } = studio;
    const listening = Promise.withResolvers<SlackListening>();
    const { chat, channel } = await openDesk(studio, {
      listen: (parts) => {
        listening.resolve(parts);
        return {
          start: async () => undefined,
          stop: async () => undefined,
          person: async (user) => user,
        };
      },
    });
    const message = await chat.post('k1', channel, titled('one'));
    const slow = slack.injections.inject('chat.update', trouble.slow('before'));
    const hanging = chat.edit(message, titled('two'));
    await slow.hit();
    slack.injections.inject('chat.update', trouble.rateLimited(30));
    expect(await chat.edit(message, titled('three'))).toEqual({ state: 'throttled', retryAfterMs: 30_000 });
    await chat.post('k2', channel, titled('not delayed'));
    const { clients } = await listening.promise;
    const opened = clients.interactive.views.open({
      trigger_id: slack.interactions.trigger(studio.app, studio.workspace, studio.anna.id),
      view: { type: 'modal', title: { type: 'plain_text', text: 'Run' }, blocks: [] },
    });
    expect((await opened).ok).toBe(true);
    slow.release();
    expect(await hanging).toEqual({ state: 'edited' });
  });

  it('keeps the key of its message, has new block ids and a text that Slack takes', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const message = await chat.post('k1', channel, titled('one'));
    await chat.edit(message, titled('x'.repeat(10_000)));
    await chat.edit(message, titled('two'));
    await chat.edit(message, titled('two'));
    const [seen] = studio.renders.timeline;
    const ids = seen?.versions.map(({ blocks }) => String(blocks[0]?.['block_id'])) ?? [];
    expect(new Set(ids).size).toBe(4);
    for (const { text } of seen?.versions ?? []) expect(text.length).toBeLessThanOrEqual(LIMITS.text);
    expect(await chat.find('k1', channel, since())).toEqual([message]);
  });

  it('of the same mention calls nobody a second time', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const card = (text: string) =>
      titled(text, { blocks: [{ type: 'text', text: [{ mention: studio.anna.id, name: 'anna' }] }] });
    const message = await chat.post('k1', channel, card('one'));
    await chat.edit(message, card('two'));
    expect(studio.anna.pings).toHaveLength(1);
  });

  it('is not possible where the workspace closes its window, or of others’ messages', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const foreign = studio.anna.says(studio.renders, 'mine');
    await expect(chat.edit({ ...channel, message: foreign.ts }, titled('two'))).rejects.toMatchObject({
      code: 'chat.not_permitted',
      parameters: { detail: 'cant_update_message' },
    });
    const message = await chat.post('k1', channel, titled('one'));
    studio.workspace.policy.editWindowMs = -1;
    await expect(chat.edit(message, titled('two'))).rejects.toMatchObject({
      code: 'chat.not_permitted',
      parameters: { detail: 'edit_window_closed' },
    });
  });

  it('whose outcome is unknown is told as that', async () => {
    const studio = await openStudio();
    const { chat, channel } = await openDesk(studio);
    const message = await chat.post('k1', channel, titled('one'));
    studio.slack.injections.inject('chat.update', trouble.serverError('after', 503));
    await expect(chat.edit(message, titled('two'))).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'HTTP 503' },
    });
  });
});

describe('the start', () => {
  it('waits for a Slack that does not answer yet, and then knows whom it serves', async () => {
    const studio = await openStudio();
    let starts = 0;
    const { chat } = await openDesk(studio, {
      listen: () => ({
        start: async () => {
          starts += 1;
        },
        stop: async () => undefined,
        person: async (user) => user,
      }),
    });
    studio.slack.injections.inject('auth.test', trouble.serverError('before'), { times: 4 });
    expect(chat.serves(studio.workspace.id)).toBe(false);
    await chat.start(async () => undefined, { forms: noForms, home: () => titled('home') });
    expect(starts).toBe(1);
    expect([chat.serves(studio.workspace.id), chat.serves('T0OTHER')]).toEqual([true, false]);
  });

  it('fails at once with a token that Slack refuses', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio, { token: 'xoxb-wrong' });
    const started = chat.start(async () => undefined, { forms: noForms, home: () => titled('home') });
    await expect(started).rejects.toMatchObject({ code: 'chat.token_refused' });
  });

  it('can be stopped while it waits', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const silent = studio.slack.injections.inject('auth.test', trouble.silence('before'), { times: 10 });
    const started = chat.start(async () => undefined, { forms: noForms, home: () => titled('home') });
    await Promise.all([
      expect(started).rejects.toMatchObject({ code: 'chat.unavailable' }),
      silent.hit().then(() => chat.stop()),
    ]);
  });
});

const noForms = {
  open: () => undefined,
  refresh: () => {
    throw new Error('there is no form');
  },
  choices: () => [],
  suggest: () => [],
  submit: () => ({ ok: false as const, problems: {} }),
};
