import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';

/** A server on any free port that ends with the test. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/slack/events`;
}

/** A real bolt app behind its own signature check. */
async function boltApp(studio: Studio): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret: studio.app.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: studio.bot.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: studio.slack.apiUrl },
  });
  studio.app.useHttp(await serve((request, response) => receiver.requestListener(request, response)));
  return app;
}

describe('requests to the bot', () => {
  it('pass bolt’s signature check: events, commands and clicks, and our own edit, which bolt lets through', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const app = await boltApp(studio);
    const heard: string[] = [];
    app.message(async ({ message, say }) => {
      heard.push(message.subtype ?? 'new');
      if (message.subtype !== undefined) return;
      await say({
        text: 'card',
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id: 'run', text: { type: 'plain_text', text: 'Run' } }],
          },
        ],
      });
    });
    app.command('/cosmos', async ({ ack }) => ack('on its way'));
    app.action('run', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'clicked', replace_original: true });
    });
    anna.says(renders, 'hello');
    const card = await renders.shows((each) => each.text === 'card');
    expect((await anna.command(renders, '/cosmos', 'status')).answer?.text).toBe('on its way');
    expect((await anna.clicks(card, 'Run')).outcome).toBe('acked');
    await slack.until(() => renders.now(card)?.text === 'clicked');
    await slack.deliveries.settled();
    expect(heard).toEqual(['new', 'message_changed']);
    expect(slack.deliveries.all.every((each) => each.state === 'acked')).toBe(true);
  });

  it('are refused with a wrong secret or an old time', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    await boltApp(studio);
    slack.deliveries.signingFault = { secret: 'wrong' };
    expect(await anna.command(renders, '/cosmos', 'status')).toMatchObject({ outcome: 'http_error' });
    slack.deliveries.signingFault = { offsetSeconds: -301 };
    expect(await anna.command(renders, '/cosmos', 'status')).toMatchObject({ outcome: 'http_error' });
  });

  it('come again with the number and the reason of the retry, unless the bot says not to', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack, app } = studio;
    const got: IncomingMessage['headers'][] = [];
    app.useHttp(
      await serve((request, response) => {
        got.push(request.headers);
        response.writeHead(500, got.length === 3 ? { 'x-slack-no-retry': '1' } : {}).end();
      }),
    );
    anna.says(renders, 'hello');
    await slack.until(() => got.length === 2 && slack.deliveries.all[0]?.attempts[1]?.outcome);
    await slack.deliveries.retryNow();
    await slack.deliveries.settled();
    expect(got.map((each) => [each['x-slack-retry-num'], each['x-slack-retry-reason']])).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
    ]);
  });
});
