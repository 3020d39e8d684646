import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { implementedMethods } from '../../fakes/slack/method-table.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { refusalOf, webClient } from './clients.ts';

const section = (text: string, blockId?: string) => ({
  type: 'section' as const,
  text: { type: 'mrkdwn' as const, text },
  ...(blockId === undefined ? {} : { block_id: blockId }),
});

describe('messages', () => {
  it('are posted, changed and read back by their metadata', async () => {
    const studio = await openStudio();
    const { renders, anna, slack } = studio;
    const client = webClient(studio);
    const posted = await client.chat.postMessage({
      channel: renders.id,
      text: `done, <@${anna.id}>`,
      metadata: { event_type: 'cosmos_job', event_payload: { key: 'k1' } },
    });
    await client.chat.postMessage({ channel: renders.id, text: 'another one' });
    await client.chat.update({
      channel: renders.id,
      ts: posted.ts ?? '',
      text: 'denoise 12/35',
      blocks: [section('12/35')],
    });

    const found = await client.conversations.history({ channel: renders.id, include_all_metadata: true });

    expect(found.messages?.map((each) => [each.text, each.metadata?.event_payload])).toEqual([
      ['another one', undefined],
      ['denoise 12/35', { key: 'k1' }],
    ]);
    expect(posted.ts).toMatch(/^\d{10}\.\d{6}$/);
    expect(renders.now(posted.ts ?? '')?.versions.map((each) => each.text)).toEqual([
      `done, <@${anna.id}>`,
      'denoise 12/35',
    ]);
    expect(anna.pings.map((each) => [each.ts, each.by])).toEqual([[posted.ts, 'post']]);
    expect(slack.calls.methods().every((each) => implementedMethods.includes(each))).toBe(true);
  });

  it('keep their blocks and metadata when an edit brings none, and lose blocks to an empty list', async () => {
    const studio = await openStudio();
    const { renders } = studio;
    const client = webClient(studio);
    const { ts = '' } = await client.chat.postMessage({
      channel: renders.id,
      text: 'a',
      blocks: [section('card', 'b1')],
    });
    await client.chat.update({ channel: renders.id, ts, text: 'b' });
    expect(renders.now(ts)?.words).toBe('card');
    await client.chat.update({ channel: renders.id, ts, text: 'c', blocks: [] });
    expect(renders.now(ts)?.words).toBe('c');
  });

  it('ping whom they name once, also when an edit names somebody new', async () => {
    const studio = await openStudio();
    const { renders, anna, ben, workspace } = studio;
    const client = webClient(studio);
    const group = workspace.addGroup('gpu', [anna.id, ben.id]);
    const { ts = '' } = await client.chat.postMessage({
      channel: renders.id,
      text: `<@${anna.id}>`,
      blocks: [section(`for <@${anna.id}>`)],
    });
    await client.chat.update({ channel: renders.id, ts, text: `<@${anna.id}> and <@${ben.id}>` });
    await client.chat.postEphemeral({ channel: renders.id, user: ben.id, text: `<!subteam^${group.id}>` });
    expect(anna.pings.map((each) => each.by)).toEqual(['post']);
    expect(ben.pings.map((each) => each.by)).toEqual(['edit', 'ephemeral']);
  });

  it('keep a tombstone for the replies of a root that was deleted', async () => {
    const studio = await openStudio();
    const { renders, anna } = studio;
    const client = webClient(studio);
    const root = anna.says(renders, 'root');
    const { ts = '' } = await client.chat.postMessage({
      channel: renders.id,
      thread_ts: root.ts,
      text: 'reply',
    });
    anna.deletes(root);
    const thread = await client.conversations.replies({ channel: renders.id, ts: root.ts });
    expect(thread.messages).toMatchObject([
      { subtype: 'tombstone', ts: root.ts },
      { text: 'reply', ts },
    ]);
    const lonely = anna.says(renders, 'lonely');
    anna.deletes(lonely);
    await client.chat.postMessage({
      channel: renders.id,
      thread_ts: lonely.ts,
      text: 'lands in the channel',
    });
    expect(renders.timeline.at(-1)?.text).toBe('lands in the channel');
  });

  it('have timestamps that increase although the clock stands', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const client = webClient(studio);
    const sent: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      sent.push((await client.chat.postMessage({ channel: studio.renders.id, text: 'x' })).ts ?? '');
    }
    expect(sent).toEqual([...new Set(sent)].sort());
  });

  it('are refused with Slack’s codes', async () => {
    const studio = await openStudio();
    const { renders, anna, slack, workspace, bot } = studio;
    const client = webClient(studio);
    const { ts = '' } = await client.chat.postMessage({ channel: renders.id, text: 'mine' });
    const hers = anna.says(renders, 'hers');
    const secret = slack.addChannel(workspace, 'secret', [anna], 'private');
    const elsewhere = slack.addChannel(workspace, 'elsewhere', [anna]);
    const old = slack.addChannel(workspace, 'old', [anna, bot]);
    old.archive();
    const locked = slack.addChannel(workspace, 'locked', [anna, bot]);
    locked.state.posting = 'nobody';
    bot.scopes = bot.scopes.filter((scope) => scope !== 'chat:write.public');
    const say = (channel: string) => refusalOf(client.chat.postMessage({ channel, text: 'x' }));
    const update = (change: object) =>
      refusalOf(client.chat.update({ channel: renders.id, ts, text: 'x', ...change }));

    expect(await say(secret.id)).toBe('channel_not_found');
    expect(await say(elsewhere.id)).toBe('not_in_channel');
    expect(await say(old.id)).toBe('is_archived');
    expect(await say(locked.id)).toBe('restricted_action');
    expect(await refusalOf(client.chat.postMessage({ channel: renders.id, text: '' }))).toBe('no_text');
    expect(await update({ text: 'x'.repeat(4_001) })).toBe('msg_too_long');
    expect(await update({ ts: hers.ts })).toBe('cant_update_message');
    expect(await update({ ts: '1.000001' })).toBe('message_not_found');
    expect(await update({ metadata: { event_type: 'a', event_payload: { deep: { deeper: {} } } } })).toBe(
      'invalid_metadata_schema',
    );
    expect(await refusalOf(client.chat.delete({ channel: renders.id, ts: hers.ts }))).toBe(
      'cant_delete_message',
    );
    expect(await refusalOf(client.apiCall('chat.scheduleMessage', {}))).toBe('unknown_method');
  });

  it('are refused for blocks beyond the limits, with a pointer to what is wrong', async () => {
    const studio = await openStudio();
    const client = webClient(studio);
    const post = (blocks: unknown) =>
      refusalOf(client.apiCall('chat.postMessage', { channel: studio.renders.id, text: 'x', blocks }));
    const button = { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'x' } };

    expect(await post([section('x'.repeat(3_001))])).toBe('invalid_blocks');
    expect(await post([section('a', 'same'), section('b', 'same')])).toBe('invalid_blocks');
    expect(await post(Array.from({ length: 51 }, () => section('x')))).toBe('invalid_blocks');
    expect(await post(Array.from({ length: 5 }, () => section('x'.repeat(2_900))))).toBe(
      'msg_blocks_too_long',
    );
    expect(await post([{ type: 'actions', elements: [{ ...button, value: 'x'.repeat(2_001) }] }])).toBe(
      'invalid_blocks',
    );
    expect(await post([{ type: 'actions', elements: [{ ...button, colour: 'red' }] }])).toBe(
      'invalid_blocks',
    );
    expect(await post([{ type: 'actions', elements: [button, button] }])).toBe('invalid_blocks');
    expect(await post('no list')).toBe('invalid_blocks_format');
    const answer = await client
      .apiCall('chat.postMessage', { channel: studio.renders.id, text: 'x', blocks: [section('')] })
      .catch((error: unknown) => error);
    expect(answer).toMatchObject({
      data: { errors: ['must be more than 0 characters [json-pointer:/blocks/0/text/text]'] },
    });
    expect(await post([section('fine'), { type: 'actions', elements: [button] }])).toBeUndefined();
  });
});

describe('conversations', () => {
  it('are read page by page, though new messages come in between', async () => {
    const studio = await openStudio();
    const { renders, anna } = studio;
    const client = webClient(studio);
    for (const text of ['1', '2', '3', '4', '5']) anna.says(renders, text);
    const first = await client.conversations.history({ channel: renders.id, limit: 2 });
    anna.says(renders, '6');
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: renders.id, limit: 2, cursor });

    expect(first.messages?.map((each) => each.text)).toEqual(['5', '4']);
    expect(second.messages?.map((each) => each.text)).toEqual(['3', '2']);
    expect(await refusalOf(client.conversations.history({ channel: renders.id, cursor: 'wrong' }))).toBe(
      'invalid_cursor',
    );
  });

  it('leave replies out of the history, and show a thread with its root first', async () => {
    const studio = await openStudio();
    const { renders, anna, ben } = studio;
    const client = webClient(studio);
    const root = anna.says(renders, 'root');
    const first = ben.says(renders, 'one', { thread: root });
    ben.says(renders, 'two', { thread: first });
    const history = await client.conversations.history({ channel: renders.id });
    const thread = await client.conversations.replies({ channel: renders.id, ts: root.ts, oldest: first.ts });
    const whole = await client.conversations.replies({
      channel: renders.id,
      ts: first.ts,
      oldest: first.ts,
      inclusive: true,
    });

    expect(history.messages?.map((each) => [each.text, each.reply_count])).toEqual([['root', 2]]);
    expect(thread.messages?.map((each) => each.text)).toEqual(['root', 'two']);
    expect(whole.messages?.map((each) => each.text)).toEqual(['root', 'one', 'two']);
    expect(await refusalOf(client.conversations.replies({ channel: renders.id, ts: '1.0' }))).toBe(
      'thread_not_found',
    );
  });

  it('say who is where', async () => {
    const studio = await openStudio();
    const { renders, anna, ben, bot, workspace, slack } = studio;
    const client = webClient(studio);
    workspace.addGroup('gpu', [ben.id]);
    slack.addChannel(workspace, 'secret', [anna], 'private');
    const guest = slack.addPerson(workspace, 'gast', { isUltraRestricted: true });

    expect((await client.conversations.members({ channel: renders.id })).members).toEqual([
      anna.id,
      ben.id,
      bot.botUserId,
    ]);
    expect((await client.conversations.info({ channel: renders.id })).channel).toMatchObject({
      name: 'renders',
      is_member: true,
    });
    const listed = await client.conversations.list({ types: 'public_channel,private_channel' });
    expect(listed.channels?.map((each) => each.name)).toEqual(['renders']);
    expect((await client.users.info({ user: guest.id })).user).toMatchObject({ is_ultra_restricted: true });
    const group = (await client.usergroups.list()).usergroups?.[0]?.id ?? '';
    expect((await client.usergroups.users.list({ usergroup: group })).users).toEqual([ben.id]);
    const direct = await client.conversations.open({ users: anna.id });
    expect(direct.channel?.id).toBe(slack.direct(anna, bot).id);
    expect((await client.auth.test())['user_id']).toBe(bot.botUserId);
  });
});

describe('tokens and limits', () => {
  it('name the scope that is missing, and the scopes that are there', async () => {
    const studio = await openStudio();
    studio.bot.scopes = ['chat:write', 'channels:read'];
    const client = webClient(studio);
    const { renders } = studio;
    const error = await client.conversations
      .history({ channel: renders.id })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      data: {
        error: 'missing_scope',
        provided: 'chat:write,channels:read',
        needed: expect.stringContaining('channels:history'),
      },
    });
    const fine = await client.conversations.info({ channel: renders.id });
    expect(fine.response_metadata?.scopes).toEqual(['chat:write', 'channels:read']);
    expect(await refusalOf(webClient(studio, {}, studio.app.appToken).auth.test())).toBe(
      'not_allowed_token_type',
    );
    expect(await refusalOf(webClient(studio, {}, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
    studio.slack.uninstall(studio.bot);
    expect(await refusalOf(client.auth.test())).toBe('token_revoked');
  });

  it('count per method and workspace, and open again with time', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock });
    studio.slack.rateLimits.enabled = true;
    const client = webClient(studio, { rejectRateLimitedCalls: true });
    const { renders } = studio;
    const { ts = '' } = await client.chat.postMessage({ channel: renders.id, text: 'x' });
    const edit = () => client.chat.update({ channel: renders.id, ts, text: 'x' });
    for (let index = 0; index < 50; index += 1) await edit();
    await expect(edit()).rejects.toMatchObject({ retryAfter: 60 });
    await client.conversations.info({ channel: renders.id });
    clock.advance(60_000);
    await edit();
    expect(studio.slack.calls.of('chat.update').filter((each) => each.outcome === 'http 429')).toHaveLength(
      1,
    );
  });
});

describe('injections', () => {
  it('answer 429 once, after which the client comes again', async () => {
    const studio = await openStudio();
    const { slack, renders } = studio;
    const client = webClient(studio, { retryConfig: { retries: 1, minTimeout: 0 } });
    slack.injections.inject('chat.update', trouble.rateLimited(0));
    const { ts = '' } = await client.chat.postMessage({ channel: renders.id, text: 'x' });
    await client.chat.update({ channel: renders.id, ts, text: 'y' });
    expect(slack.calls.of('chat.update').map((each) => each.outcome)).toEqual(['http 429', 'ok']);
  });

  it('take effect although the caller sees an error, once for each order', async () => {
    const studio = await openStudio();
    const { slack, renders } = studio;
    const client = webClient(studio, { retryConfig: { retries: 1, minTimeout: 0 } });
    slack.injections.inject('chat.postMessage', trouble.serverError('after'), {
      when: (args) => args['text'] === 'twice',
    });
    slack.injections.inject('chat.postMessage', trouble.reset('after'), {
      when: (args) => args['text'] === 'also twice',
    });
    slack.injections.inject('chat.postMessage', trouble.serverError('before'), {
      when: (args) => args['text'] === 'once',
    });
    for (const text of ['twice', 'also twice', 'once'])
      await client.chat.postMessage({ channel: renders.id, text });

    expect(renders.timeline.map((each) => each.text)).toEqual([
      'twice',
      'twice',
      'also twice',
      'also twice',
      'once',
    ]);
    expect(slack.calls.of('chat.postMessage').map((each) => [each.outcome, each.accepted])).toEqual([
      ['http 500', true],
      ['ok', true],
      ['reset', true],
      ['ok', true],
      ['http 500', false],
      ['ok', true],
    ]);
  });

  it('hold an answer until they are released, or for ever', async () => {
    const studio = await openStudio();
    const { slack, renders } = studio;
    const client = webClient(studio);
    const slow = slack.injections.inject('chat.postMessage', trouble.slow('after'));
    const posting = client.chat.postMessage({ channel: renders.id, text: 'x' });
    await renders.shows((each) => each.text === 'x');
    slow.release();
    expect((await posting).ok).toBe(true);

    const silent = slack.injections.inject('auth.test', trouble.silence('before'));
    const hasty = webClient(studio, { timeout: 30 });
    const never = hasty.auth.test().catch((error: unknown) => error);
    await silent.hit();
    expect(await never).toBeInstanceOf(Error);
    expect(slack.calls.of('auth.test').at(-1)?.outcome).toBe('silence');
  });
});
