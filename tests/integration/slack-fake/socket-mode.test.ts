import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { refusalOf, type SocketMessage, socketClient, webClient } from './clients.ts';

const button = (text: string, value: string) => ({
  type: 'actions' as const,
  elements: [
    { type: 'button' as const, action_id: 'cancel', text: { type: 'plain_text' as const, text }, value },
  ],
});

describe('commands', () => {
  it('are answered by the acknowledgement, which only the person sees', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const client = await socketClient(studio);
    const bodies: unknown[] = [];
    client.on('slash_commands', async ({ ack, body }: SocketMessage) => {
      bodies.push(body);
      await ack({ text: 'unknown verb' });
    });
    const seen = await anna.command(renders, '/cosmos', 'inferense ps_ab12');

    expect(seen).toMatchObject({ outcome: 'acked', answer: { text: 'unknown verb', ephemeral: true } });
    expect(seen.latencyMs).toBeGreaterThan(0);
    expect(bodies).toMatchObject([
      { command: '/cosmos', text: 'inferense ps_ab12', channel_id: renders.id, user_id: anna.id },
    ]);
    expect(anna.sees(renders).map((each) => each.text)).toEqual(['unknown verb']);
    expect(ben.sees(renders)).toEqual([]);
  });

  it('fail for the person when no socket is open, or nobody answers in time', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock });
    const { anna, renders, slack } = studio;
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('no_connection');

    const client = await socketClient(studio);
    const arrived = new Promise((resolve) => client.on('slash_commands', resolve));
    const waiting = anna.command(renders, '/cosmos', 'status');
    await arrived;
    clock.advance(3_000);
    expect((await waiting).outcome).toBe('timed_out');
    await slack.deliveries.settled();
    expect(slack.deliveries.of({ kind: 'slash_commands' }).map((each) => each.attempts.length)).toEqual([
      1, 1,
    ]);
  });

  it('are answered five times at most through their response_url, within half an hour', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock });
    const { anna, renders } = studio;
    const client = await socketClient(studio);
    const urls: string[] = [];
    client.on('slash_commands', async ({ ack, body }: SocketMessage) => {
      urls.push(String(body['response_url']));
      await ack();
    });
    await anna.command(renders, '/cosmos', 'status');
    await anna.command(renders, '/cosmos', 'status');
    const post = async (url = '') =>
      (
        await fetch(url, {
          method: 'POST',
          body: JSON.stringify({ text: 'later' }),
          headers: { 'content-type': 'application/json' },
        })
      ).status;
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push(await post(urls[0]));

    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(anna.sees(renders).filter((each) => each.text === 'later')).toHaveLength(5);
    clock.advance(30 * 60_000 + 1);
    expect(await post(urls[1])).toBe(404);
  });
});

describe('many at once', () => {
  it('are all acknowledged, each by one connection', async () => {
    // However long this machine takes: no command is late for Slack.
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    for (const client of [await socketClient(studio), await socketClient(studio)]) {
      client.on('slash_commands', ({ ack }: SocketMessage) => ack());
    }
    const seen = await Promise.all(
      Array.from({ length: 200 }, () => anna.command(renders, '/cosmos', 'queue')),
    );
    expect(seen.filter((each) => each.outcome !== 'acked')).toEqual([]);
    expect(slack.deliveries.all.flatMap((each) => each.attempts)).toHaveLength(200);
  });
});

describe('clicks and modals', () => {
  it('open a modal with the trigger, once and within three seconds', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock });
    const { anna, renders } = studio;
    const web = webClient(studio);
    const client = await socketClient(studio);
    const triggers: string[] = [];
    client.on('interactive', async ({ ack, body }: SocketMessage) => {
      triggers.push(String(body['trigger_id']));
      await ack();
    });
    await web.chat.postMessage({ channel: renders.id, text: 'card', blocks: [button('Tune', 'rs_1')] });
    const card = await renders.shows((each) => each.fromBot);
    expect((await anna.clicks(card, 'Tune')).outcome).toBe('acked');
    await anna.clicks(card, 'cancel');
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Tune' }, blocks: [] };
    const [trigger_id = '', late = ''] = triggers;
    await web.views.open({ trigger_id, view });

    expect(anna.modal?.title).toBe('Tune');
    expect(await refusalOf(web.views.open({ trigger_id, view }))).toBe('exchanged_trigger_id');
    clock.advance(3_001);
    expect(await refusalOf(web.views.open({ trigger_id: late, view }))).toBe('expired_trigger_id');
    const long = { ...view, title: { type: 'plain_text' as const, text: 'x'.repeat(25) } };
    expect(await refusalOf(web.views.open({ trigger_id: late, view: long }))).toBe('invalid_arguments');
  });

  it('fill in a modal: required inputs, suggestions, complaints of the bot, then it closes', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const web = webClient(studio);
    const client = await socketClient(studio);
    const input = (block_id: string, label: string, element: object) => ({
      type: 'input',
      block_id,
      label: { type: 'plain_text', text: label },
      element,
    });
    const view = {
      type: 'modal',
      callback_id: 'run',
      private_metadata: 'ps_ab12',
      title: { type: 'plain_text', text: 'Run' },
      submit: { type: 'plain_text', text: 'Run' },
      blocks: [
        input('seed', 'Seed', {
          type: 'number_input',
          is_decimal_allowed: false,
          action_id: 'seed',
          initial_value: '7',
        }),
        input('model', 'Model', { type: 'external_select', action_id: 'model', min_query_length: 0 }),
      ],
    };
    const submissions: unknown[] = [];
    client.on('slash_commands', async ({ ack, body }: SocketMessage) => {
      await ack();
      await web.apiCall('views.open', { trigger_id: body['trigger_id'], view });
    });
    client.on('interactive', async ({ ack, body }: SocketMessage) => {
      if (body['type'] === 'block_suggestion') {
        await ack({
          options: [
            { text: { type: 'plain_text', text: `Transfer ${String(body['value'])}` }, value: 'transfer1' },
          ],
        });
        return;
      }
      submissions.push(body['view']);
      await ack(submissions.length === 1 ? { response_action: 'errors', errors: { seed: 'too large' } } : {});
    });
    await anna.command(renders, '/cosmos', 'inference');
    const modal = await anna.modalOpened();

    expect(modal.privateMetadata).toBe('ps_ab12');
    expect(await modal.submit()).toEqual({ outcome: 'incomplete', missing: ['model'] });
    expect(await modal.type('Model', '1')).toEqual([{ text: 'Transfer 1', value: 'transfer1' }]);
    expect(await modal.submit({ Model: 'Transfer 1', Seed: '99999999' })).toMatchObject({
      outcome: 'errors',
      errors: { seed: 'too large' },
    });
    expect(await modal.submit({ Seed: '9' })).toMatchObject({ outcome: 'closed' });
    expect(submissions.at(-1)).toMatchObject({
      callback_id: 'run',
      state: {
        values: {
          seed: { seed: { value: '9' } },
          model: { model: { selected_option: { value: 'transfer1' } } },
        },
      },
    });
    expect(anna.modal).toBeUndefined();
  });

  it('update a view only with its present hash, and stack three at most', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders } = studio;
    const web = webClient(studio);
    const client = await socketClient(studio);
    const triggers: string[] = [];
    client.on('slack_event', async ({ ack, body }: SocketMessage) => {
      triggers.push(String(body['trigger_id']));
      await ack();
    });
    const view = (text: string) => ({
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text },
      blocks: [button('More', 'x')],
    });
    await anna.command(renders, '/cosmos', 'x');
    const opened = await web.views.open({ trigger_id: triggers.at(-1) ?? '', view: view('1') });
    const { id: view_id = '', hash = '' } = opened.view ?? {};
    await web.views.update({ view_id, hash, view: view('1b') });
    expect(await refusalOf(web.views.update({ view_id, hash, view: view('1c') }))).toBe('hash_conflict');
    const pushed: unknown[] = [];
    for (const title of ['2', '3', '4']) {
      await anna.modal?.press('More');
      pushed.push(await refusalOf(web.views.push({ trigger_id: triggers.at(-1) ?? '', view: view(title) })));
    }
    expect(pushed).toEqual([undefined, undefined, 'push_limit_reached']);
    await anna.modal?.cancel();
    expect(anna.modal?.title).toBe('2');
  });

  it('answer a shortcut and the Home tab', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const web = webClient(studio);
    const client = await socketClient(studio);
    client.on('app_home_opened', async ({ ack, body }: SocketMessage) => {
      await ack();
      const { event } = body;
      const user_id =
        typeof event === 'object' && event !== null && 'user' in event ? String(event.user) : '';
      await web.views.publish({
        user_id,
        view: { type: 'home', blocks: [{ type: 'divider' }, button('Queue', 'q')] },
      });
    });
    const shortcuts: unknown[] = [];
    client.on('interactive', async ({ ack, body }: SocketMessage) => {
      shortcuts.push(body);
      await ack();
    });
    anna.opensHome();
    const home = await studio.slack.until(() => anna.home);
    await home.press('Queue');
    const reply = anna.says(renders, 'this one', { thread: anna.says(renders, 'root') });
    await anna.shortcut(reply, 'cx_use');
    expect(shortcuts).toMatchObject([
      { type: 'block_actions', view: { type: 'home' }, actions: [{ value: 'q' }] },
      {
        type: 'message_action',
        callback_id: 'cx_use',
        message: { thread_ts: reply.threadTs, text: 'this one' },
      },
    ]);
  });
});

describe('connections', () => {
  it('take turns, and a refresh leaves the other one at work', async () => {
    const studio = await openStudio();
    const { anna, renders, slack, app } = studio;
    const clients = [await socketClient(studio, { reconnects: true }), await socketClient(studio)];
    for (const client of clients) client.on('slash_commands', ({ ack }: SocketMessage) => ack());
    for (let index = 0; index < 4; index += 1) await anna.command(renders, '/cosmos', 'status');
    const used = slack.deliveries.all.map((each) => each.attempts[0]?.connection);
    expect(new Set(used)).toEqual(new Set([1, 2]));

    const [first] = await slack.sockets.ready(app, 2);
    first?.disconnect('refresh_requested');
    await slack.until(() => first?.state === 'closed');
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('acked');
    await slack.sockets.ready(app, 2);
    expect(slack.sockets.openedCount(app)).toBe(3);
  });

  it('refuse the eleventh, and used tickets', async () => {
    const studio = await openStudio();
    const { slack, app } = studio;
    const web = webClient(studio, {}, app.appToken);
    const opened: WebSocket[] = [];
    const messages: unknown[] = [];
    for (let index = 0; index < 11; index += 1) {
      const socket = new WebSocket((await web.apps.connections.open()).url ?? '');
      socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data))));
      opened.push(socket);
    }
    await slack.until(() => slack.sockets.openedCount(app) === 11);
    await slack.sockets.ready(app, 10);
    expect(slack.sockets.open(app).map((each) => each.state)).toContain('leaving');
    const again = new WebSocket(opened[0]?.url ?? '');
    await new Promise((resolve) => again.addEventListener('error', resolve));
    expect(messages).toContainEqual(
      expect.objectContaining({
        type: 'hello',
        debug_info: expect.objectContaining({ approximate_connection_time: 18_060 }),
      }),
    );
    for (const socket of opened) socket.close();
    await slack.until(() => slack.sockets.open(app).length === 0);
    expect(messages).toContainEqual(
      expect.objectContaining({ type: 'disconnect', reason: 'too_many_websockets' }),
    );
  });

  it('lose a click when Slack refreshes them in its midst', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const client = await socketClient(studio);
    client.on('slash_commands', async ({ ack }: SocketMessage) => {
      await new Promise((resolve) => client.once('close', resolve));
      await ack().catch(() => undefined);
    });
    slack.sockets.trouble('refresh_after_delivery');
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('connection_lost');
  });

  it('cannot be opened during an outage', async () => {
    const studio = await openStudio();
    studio.slack.injections.inject('apps.connections.open', trouble.serverError('before'));
    await expect(socketClient(studio)).rejects.toThrow('500');
    await socketClient(studio);
  });
});

describe('events', () => {
  it('come again at once when the socket breaks before the acknowledgement', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const got: (number | undefined)[] = [];
    for (const client of [await socketClient(studio), await socketClient(studio)]) {
      client.on('message', async ({ ack, retry_num }: SocketMessage) => {
        got.push(retry_num);
        await ack().catch(() => undefined);
      });
    }
    slack.sockets.trouble('cut_after_delivery', { kind: 'events_api' });
    anna.says(renders, 'hello');
    await slack.deliveries.settled();
    const [delivery] = slack.deliveries.all;
    expect(delivery?.state).toBe('acked');
    expect(delivery?.attempts.map((each) => each.outcome?.kind)).toEqual(['connection_lost', 'acked']);
    expect(got).toContain(1);
  });

  it('come three times more when nobody acknowledges, then never again', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    anna.says(renders, 'nobody is there');
    const delivery = await slack.until(() => slack.deliveries.all[0]);
    await slack.until(() => delivery.attempts.length === 2);
    const client = await socketClient(studio);
    const got: unknown[] = [];
    client.on('message', ({ retry_num, retry_reason }: SocketMessage) => got.push([retry_num, retry_reason]));
    for (const count of [1, 2]) {
      await slack.deliveries.retryNow();
      await expect.poll(() => got.length).toBe(count);
    }
    await slack.deliveries.retryNow();
    expect(delivery).toMatchObject({ state: 'given_up', attempts: { length: 4 } });
    expect(got).toEqual([
      [2, 'connection_failed'],
      [3, 'http_timeout'],
    ]);
  });

  it('arrive twice, or late, when a test wants it', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const client = await socketClient(studio);
    const ids: unknown[] = [];
    client.on('message', async ({ ack, body }: SocketMessage) => {
      ids.push(body['event_id']);
      await ack();
    });
    slack.deliveries.duplicate({ type: 'message' });
    anna.says(renders, 'twice');
    await slack.deliveries.settled();
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);

    const release = slack.deliveries.hold({ type: 'message' });
    anna.says(renders, 'late');
    await slack.until(() => slack.deliveries.all.some((each) => each.state === 'held'));
    release();
    await slack.until(() => ids.length === 3);
  });

  it('tell the bot of its own messages, edits and files, and of mentions in their own event', async () => {
    const studio = await openStudio();
    const { anna, renders, slack, bot, app } = studio;
    const web = webClient(studio);
    const client = await socketClient(studio);
    client.on('slack_event', ({ ack }: SocketMessage) => ack());
    const { ts = '' } = await web.chat.postMessage({ channel: renders.id, text: 'card' });
    await web.chat.update({ channel: renders.id, ts, text: 'card 2' });
    anna.mentions(renders, 'cancel', { thread: ts });
    await slack.deliveries.settled();
    expect(slack.deliveries.all.map((each) => each.payload['event'])).toMatchObject([
      { type: 'message', bot_id: bot.botId, user: bot.botUserId, channel_type: 'channel' },
      {
        type: 'message',
        subtype: 'message_changed',
        message: { text: 'card 2' },
        previous_message: { text: 'card' },
      },
      { type: 'message', user: anna.id, thread_ts: ts },
      { type: 'app_mention', user: anna.id, thread_ts: ts },
    ]);
    app.subscriptions = ['app_mention'];
    anna.says(renders, 'nobody hears this');
    expect(slack.deliveries.all).toHaveLength(4);
  });

  it('say when the bot is invited or thrown out', async () => {
    const studio = await openStudio();
    const { renders, bot, slack, anna } = studio;
    const client = await socketClient(studio);
    client.on('slack_event', ({ ack }: SocketMessage) => ack());
    renders.kick(bot);
    anna.says(renders, 'behind its back');
    renders.invite(bot);
    await slack.deliveries.settled();
    expect(slack.deliveries.all.map((each) => each.type)).toEqual([
      'member_left_channel',
      'member_joined_channel',
    ]);
  });
});

describe('a connection that hangs', () => {
  it('is open and gets what is sent, but answers nothing', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock });
    const { anna, renders, slack, app } = studio;
    const client = await socketClient(studio);
    const arrived = new Promise((resolve) => client.on('slash_commands', resolve));
    client.on('slash_commands', ({ ack }: SocketMessage) => ack());
    const [connection] = await slack.sockets.ready(app);
    connection?.freeze();
    const waiting = anna.command(renders, '/cosmos', 'status');
    await arrived;
    clock.advance(3_000);
    expect((await waiting).outcome).toBe('timed_out');
    connection?.cut();
  });
});
