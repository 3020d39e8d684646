import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { expect, it, onTestFinished } from 'vitest';
import { openStudio } from '../../support/slack-studio.ts';

it('a real bolt app in Socket Mode hears uploads and opens a modal for a command', async () => {
  const studio = await openStudio();
  const { anna, renders, slack, bot } = studio;
  const receiver = new SocketModeReceiver({
    appToken: studio.app.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const bolt = new App({
    token: bot.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  const heard: unknown[] = [];
  bolt.event('message', async ({ event, client }) => {
    heard.push(event);
    const [file] = 'files' in event ? (event.files ?? []) : [];
    if (file)
      await client.chat.postMessage({
        channel: event.channel,
        thread_ts: event.ts,
        text: `got ${file.name}`,
      });
  });
  bolt.command('/cosmos', async ({ ack, client, body }) => {
    await ack();
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Run' }, blocks: [] };
    await client.views.open({ trigger_id: body.trigger_id, view });
  });
  await bolt.start();
  onTestFinished(async () => {
    // It resolves before its socket is closed.
    await bolt.stop();
    await slack.until(() => slack.sockets.open(studio.app).length === 0);
  });
  await slack.sockets.ready(studio.app);

  const upload = await anna.uploads(renders, [{ name: 'drift.mp4', content: 'frames' }], { text: 'snow' });
  const reply = await renders.shows((each) => each.fromBot, { thread: upload });
  const [answer, modal] = await Promise.all([
    anna.command(renders, '/cosmos', 'inference'),
    anna.modalOpened(),
  ]);

  expect(reply).toMatchObject({ text: 'got drift.mp4', threadTs: upload.ts });
  expect(answer).toMatchObject({ outcome: 'acked', answer: undefined });
  expect(modal.title).toBe('Run');
  expect(slack.calls.methods()).toEqual([
    'apps.connections.open',
    'auth.test',
    'chat.postMessage',
    'views.open',
  ]);
  await slack.deliveries.settled();
  expect(heard).toHaveLength(1);
});
