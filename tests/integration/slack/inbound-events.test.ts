import { describe, expect, it } from 'vitest';
import { toButton } from '../../../src/bot/slack/action-codec.ts';
import type { CardAction, Inbound } from '../../../src/core/ports/chat.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { webClient } from '../slack-fake/clients.ts';
import { listen } from './listening.ts';

const VIDEO = { name: 'drift.mp4', content: 'frames' };

/** What somebody meant. */
function meaning(event: Inbound | undefined): unknown {
  if (event === undefined) return undefined;
  const { dedupeKey: _key, at: _at, user, where, ...rest } = event;
  const { platform: _platform, tenant: _tenant, ...place } = where;
  return { ...rest, where: place, user: user.id };
}

/** The bot posts a message with buttons. */
async function postButtons(studio: Studio, actions: readonly CardAction[], thread_ts?: string) {
  const elements = actions.map(toButton).filter((button) => button !== undefined);
  await webClient(studio).chat.postMessage({
    channel: studio.renders.id,
    text: 'card',
    blocks: [{ type: 'actions', elements }],
    ...(thread_ts === undefined ? {} : { thread_ts }),
  });
  const thread = thread_ts === undefined ? {} : { thread: thread_ts };
  return await studio.renders.shows((each) => each.fromBot, thread);
}

describe('commands', () => {
  it('arrive as they were typed, with people, channels and links as words', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const listening = await listen(studio);
    const typed = `list <@${ben.id}|ben> <#${renders.id}|renders> <http://a.com|a.com> a &lt; b &amp;&amp; "c d"`;
    expect((await anna.command(renders, '/cosmos', typed)).outcome).toBe('acked');
    expect(listening.received.map(meaning)).toEqual([
      {
        kind: 'command',
        text: 'list @ben #renders a.com a < b && "c d"',
        where: { channel: renders.id },
        user: anna.id,
      },
    ]);
    expect(listening.received[0]).toMatchObject({
      where: { platform: 'slack', tenant: studio.workspace.id },
      user: { name: 'anna', groups: [] },
    });
  });

  it('have keys of their own, at the address where they can be answered', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    await studio.anna.command(studio.renders, '/cosmos', 'status');
    await studio.anna.command(studio.renders, '/cosmos', 'status');
    const keys = listening.received.map(({ dedupeKey }) => dedupeKey);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(listening.responseUrls.take(key)).toContain('/response/');
  });

  it('arrive from channels in which the bot is no member', async () => {
    const studio = await openStudio();
    const elsewhere = studio.slack.addChannel(studio.workspace, 'elsewhere', [studio.anna], 'private');
    const listening = await listen(studio);
    expect((await studio.anna.command(elsewhere, '/cosmos', 'status')).outcome).toBe('acked');
    expect(listening.received).toMatchObject([{ kind: 'command', where: { channel: elsewhere.id } }]);
  });

  it('that open a form are acknowledged, and not received', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    listening.forms.takes = (event) => event.kind === 'command' && event.text === 'inference';
    const asked = await studio.anna.command(studio.renders, '/cosmos', 'inference');
    await studio.anna.command(studio.renders, '/cosmos', 'inference ps_1');
    expect(asked).toMatchObject({ outcome: 'acked', answer: undefined });
    expect(listening.received.map(meaning)).toMatchObject([{ text: 'inference ps_1' }]);
    expect(listening.forms.offered[0]?.opening).toEqual({
      triggerId: asked.delivery.payload['trigger_id'],
      responseUrl: asked.delivery.payload['response_url'],
    });
  });
});

describe('mentions', () => {
  it('are commands, answered in their thread, however they come', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const listening = await listen(studio);
    const asked = anna.mentions(renders, 'status');
    const inThread = anna.says(renders, `hey <@${studio.bot.botUserId}> cancel rs_1`, { thread: asked });
    anna.mentions(renders, '', { thread: asked });
    await listening.settled();
    const unique = new Map(listening.received.map((event) => [event.dedupeKey, event]));
    expect([...unique.values()].map(meaning)).toEqual([
      { kind: 'command', text: 'status', where: { channel: renders.id, thread: asked.ts }, user: anna.id },
      {
        kind: 'command',
        text: 'cancel rs_1',
        where: { channel: renders.id, thread: asked.ts },
        user: anna.id,
      },
      { kind: 'command', text: '', where: { channel: renders.id, thread: asked.ts }, user: anna.id },
    ]);
    // Once as a message and once as a mention, the same both times.
    expect(listening.received).toHaveLength(6);
    expect([...unique.values()][1]?.at).toBe(Math.floor(Number(inThread.ts) * 1_000));
  });

  it('with files are uploads, also where nothing is watched', async () => {
    const studio = await openStudio();
    const listening = await listen(studio, { channels: ['C00000000'] });
    const text = 'Snow &amp; rain on <http://the.road|the.road>';
    const notes = { name: 'notes.pdf', content: 'words' };
    await studio.anna.uploads(studio.renders, [VIDEO, notes], { text, mention: true });
    await listening.settled();
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
    expect(listening.received[0]).toMatchObject({
      kind: 'upload',
      text: 'Snow & rain on the.road',
      files: [{ name: 'drift.mp4', bytes: 6 }],
      leftOut: ['notes.pdf'],
    });
  });

  it('with nothing but files that cannot be an input are uploads too: whoever has called is told', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    const notes = { name: 'notes.pdf', content: 'words' };
    await studio.anna.uploads(studio.renders, [notes], { text: 'Snow', mention: true });
    await listening.settled();
    expect(listening.received[0]).toMatchObject({ kind: 'upload', files: [{ name: 'notes.pdf' }] });
    expect(listening.received[0]).not.toHaveProperty('leftOut');
  });
});

describe('uploads', () => {
  it('of a video become prompts wherever the bot is a member', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    const shared = await studio.anna.uploads(studio.renders, [VIDEO], { text: 'A "rainy"\nstreet' });
    await listening.settled();
    expect(listening.received.map(meaning)).toEqual([
      {
        kind: 'upload',
        text: 'A "rainy"\nstreet',
        files: [{ id: expect.stringMatching(/^F/), name: 'drift.mp4', bytes: 6 }],
        where: { channel: studio.renders.id, message: shared.ts },
        user: studio.anna.id,
      },
    ]);
  });

  it('in channels that are not watched stay where they are', async () => {
    const studio = await openStudio();
    const { anna, bot, renders, slack } = studio;
    const watched = slack.addChannel(studio.workspace, 'watched', [anna, bot]);
    const listening = await listen(studio, { channels: [watched.id] });
    await anna.uploads(renders, [VIDEO]);
    await anna.uploads(watched, [VIDEO]);
    await listening.settled();
    expect(listening.received.map(({ where }) => where.channel)).toEqual([watched.id]);
  });

  it('without a video are not taken for prompts, and what is no medium is left out', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    const { anna, renders } = studio;
    await anna.uploads(renders, [{ name: 'screen.png', content: 'pixels' }]);
    await anna.uploads(renders, [{ name: 'notes.pdf', content: 'words' }]);
    await anna.uploads(renders, [
      { name: 'notes.pdf', content: 'words' },
      VIDEO,
      { name: 'sound.wav', content: 'x' },
    ]);
    await listening.settled();
    expect(
      listening.received.map((event) => event.kind === 'upload' && event.files.map(({ name }) => name)),
    ).toEqual([['drift.mp4', 'sound.wav']]);
    expect(listening.received[0]).toMatchObject({ leftOut: ['notes.pdf'] });
  });

  it('of any medium into a thread of the bot are for it', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const owned = new Set<string>();
    const listening = await listen(studio, {
      channels: ['C00000000'],
      ownsThread: ({ channel, thread = '' }) => channel === renders.id && owned.has(thread),
    });
    const root = anna.says(renders, 'a talk');
    const own = anna.says(renders, 'the thread of a prompt');
    owned.add(own.ts);
    await anna.uploads(renders, [{ name: 'mask.png', content: 'pixels' }], { thread: root });
    await anna.uploads(renders, [{ name: 'mask.png', content: 'pixels' }], { thread: own });
    await listening.settled();
    expect(listening.received.map(({ where }) => where.thread)).toEqual([own.ts]);
  });

  it('in a direct conversation are prompts, and words there are commands', async () => {
    const studio = await openStudio();
    const { anna } = studio;
    const direct = studio.slack.direct(anna, studio.bot);
    const listening = await listen(studio, { channels: ['C00000000'] });
    anna.says(direct, 'status');
    const shared = await anna.uploads(direct, [{ name: 'face.png', content: 'pixels' }], { text: 'Singing' });
    await listening.settled();
    expect(listening.received.map(meaning)).toMatchObject([
      { kind: 'command', text: 'status', where: { channel: direct.id } },
      { kind: 'upload', text: 'Singing', where: { channel: direct.id, message: shared.ts } },
    ]);
    expect(listening.received[0]?.where.thread).toBeUndefined();
  });

  it('shared again are uploads of their own', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const listening = await listen(studio);
    const first = await anna.uploads(renders, [VIDEO]);
    ben.shares(
      renders,
      first.files.map(({ id }) => id),
      { text: 'with snow' },
    );
    await listening.settled();
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });
});

describe('clicks', () => {
  it('are the action of their button, where its message stands', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const listening = await listen(studio);
    const rate: CardAction = { verb: 'rate', label: 'Good', target: 'rs_00000000', arguments: ['5'] };
    const card = await postButtons(studio, [rate]);
    const root = anna.says(renders, 'a thread');
    const threaded = await postButtons(
      studio,
      [{ verb: 'cancel', label: 'Cancel', target: 'rs_1' }],
      root.ts,
    );
    expect((await anna.clicks(card, 'Good')).outcome).toBe('acked');
    expect((await anna.clicks(threaded, 'Cancel')).outcome).toBe('acked');
    expect((await anna.clicks(threaded, 'Cancel')).outcome).toBe('acked');
    const [first, second, third] = listening.received;
    expect(meaning(first)).toEqual({
      kind: 'click',
      verb: 'rate',
      target: 'rs_00000000',
      arguments: ['5'],
      where: { channel: renders.id, message: card.ts },
      user: anna.id,
    });
    expect(meaning(second)).toMatchObject({
      verb: 'cancel',
      where: { channel: renders.id, thread: root.ts, message: threaded.ts },
    });
    expect(third?.dedupeKey).not.toBe(second?.dedupeKey);
    expect(listening.responseUrls.take(first?.dedupeKey ?? '')).toContain('/response/');
  });

  it('on buttons that are not of a card are acknowledged, and nothing else', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    await webClient(studio).chat.postMessage({
      channel: studio.renders.id,
      text: 'card',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'link',
              text: { type: 'plain_text', text: 'Open' },
              url: 'https://a.com',
            },
            {
              type: 'button',
              action_id: 'cosmos.0.run',
              text: { type: 'plain_text', text: 'Broken' },
              value: '{',
            },
          ],
        },
      ],
    });
    const card = await studio.renders.shows((each) => each.fromBot);
    expect((await studio.anna.clicks(card, 'Open')).outcome).toBe('acked');
    expect((await studio.anna.clicks(card, 'Broken')).outcome).toBe('acked');
    expect(listening.received).toEqual([]);
  });

  it('that open a form are acknowledged, and not received', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    listening.forms.takes = (event) => event.kind === 'click' && event.verb === 'tune';
    const card = await postButtons(studio, [{ verb: 'tune', label: 'Tune', target: 'ps_1' }]);
    expect((await studio.anna.clicks(card, 'Tune')).outcome).toBe('acked');
    expect(listening.received).toEqual([]);
    expect(listening.forms.offered).toHaveLength(1);
  });
});

describe('the shortcut "Use as prompt"', () => {
  it('makes an upload of an older message, of the person who picked it', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const older = await anna.uploads(renders, [VIDEO, { name: 'notes.pdf', content: 'words' }], {
      text: 'Snow',
    });
    const listening = await listen(studio, { channels: ['C00000000'] });
    expect((await ben.shortcut(older, 'cx_use')).outcome).toBe('acked');
    expect((await ben.shortcut(older, 'something_else')).outcome).toBe('acked');
    expect(listening.received.map(meaning)).toMatchObject([
      {
        kind: 'upload',
        text: 'Snow',
        files: [{ name: 'drift.mp4' }],
        leftOut: ['notes.pdf'],
        where: { channel: renders.id, message: older.ts },
        user: ben.id,
      },
    ]);
    await ben.shortcut(older, 'cx_use');
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });

  it('takes the video of the bot itself without its words', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    const web = webClient(studio);
    await web.filesUploadV2({
      channel_id: studio.renders.id,
      filename: 'result.mp4',
      content: 'x',
      initial_comment: 'Done',
    });
    const result = await studio.renders.shows((each) => each.files.length > 0);
    await studio.anna.shortcut(result, 'cx_use');
    expect((await listening.settled()).map(meaning)).toMatchObject([
      { kind: 'upload', text: '', files: [{ name: 'result.mp4' }], user: studio.anna.id },
    ]);
  });
});

describe('what is not for the bot', () => {
  it('is acknowledged and ignored: talk, edits, deletions, comings and goings, its own posts, edits and files', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const listening = await listen(studio);
    const web = webClient(studio);
    const talk = anna.says(renders, 'hello');
    anna.edits(talk, `hello <https://a.com/b.mp4>`);
    anna.deletes(talk);
    renders.invite(slack.addPerson(studio.workspace, 'cleo'));
    const posted = await web.chat.postMessage({
      channel: renders.id,
      text: `<@${studio.bot.botUserId}> status`,
    });
    await web.chat.update({ channel: renders.id, ts: posted.ts ?? '', text: 'Denoise 12/35' });
    await web.filesUploadV2({
      channel_id: renders.id,
      filename: 'result.mp4',
      content: 'x',
      initial_comment: 'Done',
    });
    await renders.shows((each) => each.files.length > 0);
    expect(await listening.settled()).toEqual([]);
    const types = slack.deliveries.all.map(({ type, payload }) =>
      [type, Object(payload['event'])['subtype']].join(),
    );
    expect(types).toEqual(
      expect.arrayContaining(['message,message_changed', 'message,message_deleted', 'file_shared,']),
    );
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('of another bot is ignored, even if it calls', async () => {
    const studio = await openStudio();
    const { renders, slack, workspace } = studio;
    const farm = slack.addApp('farm');
    farm.subscriptions = [];
    const other = farm.install(workspace);
    const listening = await listen(studio);
    renders.invite(other);
    const web = webClient(studio, {}, other.botToken);
    await web.filesUploadV2({
      channel_id: renders.id,
      filename: 'farm.mp4',
      content: 'x',
      initial_comment: `<@${studio.bot.botUserId}> snow`,
    });
    await renders.shows((each) => each.files.length > 0);
    expect(await listening.settled()).toEqual([]);
  });

  it('of another workspace with the same app is ignored, and said once', async () => {
    const studio = await openStudio();
    const { app, slack } = studio;
    const second = slack.addWorkspace('Second');
    const bot = app.install(second);
    const zoe = slack.addPerson(second, 'zoe');
    const channel = slack.addChannel(second, 'far', [zoe, bot]);
    const listening = await listen(studio);
    zoe.says(channel, `<@${bot.botUserId}> status`);
    expect((await zoe.command(channel, '/cosmos', 'status')).outcome).toBe('acked');
    expect(await listening.settled()).toEqual([]);
    expect(listening.said.filter((line) => line.includes('another Slack workspace'))).toHaveLength(1);
  });
});
