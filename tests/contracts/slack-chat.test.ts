import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { openWorkspace } from '../../src/bot/slack/open-workspace.ts';
import { SLACK } from '../../src/bot/slack/platform.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import { valid } from '../../src/core/errors.ts';
import type { ChatReference, Inbound } from '../../src/core/ports/chat.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import { Store } from '../../src/core/store/store.ts';
import { Wakeup } from '../../src/core/wakeup.ts';
import type { Delivery } from '../fakes/slack/envelope.ts';
import { storeFile } from '../fakes/slack/people/uploading.ts';
import { passOnChanges } from '../support/pass-on-changes.ts';
import { QUICK_TIMES, titled } from '../support/slack-desk.ts';
import { openStudio, type Studio } from '../support/slack-studio.ts';
import { must } from '../support/workbench.ts';
import { chatContract } from './chat.contract.ts';

/** A final content is read back after all but the last of them together. */
const TIMES = { ...QUICK_TIMES, pictureMs: 1_000, patienceMs: 1_000, callMs: 3_000 };

/** For 50 ms after a refusal the adapter refuses everything: nobody types a command again so soon. */
const TYPING_MS = 100;

chatContract('slack', async (directory) => {
  const studio = await openStudio();
  const { slack, workspace, renders, anna, bot } = studio;
  const port = openPort(studio, directory);
  const changed = new Wakeup();
  const unwatch = passOnChanges(slack.changes, changed);
  /** What was delivered for an event: Slack delivers the same again. */
  const delivered = new Map<string, Delivery>();

  let wasRefused = false;

  const act = async (event: Inbound): Promise<void> => {
    switch (event.kind) {
      case 'command':
        await anna.command(renders, '/cosmos', event.text);
        return;
      case 'click': {
        const { verb, target, arguments: rest } = event;
        const card = titled('A card', { actions: [{ verb, label: 'Press', target, arguments: rest }] });
        const { message = '' } = await port.post(`card:${event.dedupeKey}`, event.where, card);
        const seen = renders.now(message);
        if (seen === undefined) throw new Error('the card is not there');
        await anna.clicks(seen, 'Press');
        return;
      }
      case 'upload':
        anna.shares(
          renders,
          event.files.map(({ id }) => id),
          { text: event.text },
        );
        return;
      case 'form':
        throw new Error('nobody fills in a form');
    }
  };

  return {
    port,
    channel: { platform: SLACK, tenant: workspace.id, channel: renders.id },
    user: { id: anna.id, name: anna.name, groups: [] },
    changed,
    send: async (event) => {
      const earlier = delivered.get(event.dedupeKey);
      if (wasRefused) await systemClock.sleep(TYPING_MS);
      const before = new Set(slack.deliveries.all);
      if (earlier === undefined) await act(event);
      const delivery =
        earlier === undefined
          ? slack.deliveries.all.find((each) => !before.has(each) && KINDS[event.kind].includes(each.type))
          : slack.deliveries.repeat(earlier);
      if (delivery === undefined) throw new Error(`nothing was delivered for ${event.kind}`);
      const { kind } = await slack.until(() => delivery.attempts[0]?.outcome);
      // A command that could not be saved is acknowledged with a sentence that says so: whoever typed it does so again.
      const isTaken = kind === 'acked' && delivery.ack?.['text'] === undefined;
      wasRefused = !isTaken;
      if (isTaken) delivered.set(event.dedupeKey, delivery);
      return isTaken;
    },
    offer: async (name, content) => {
      const file = await storeFile({ world: slack, workspace, user: anna.account }, { name, content });
      // Shared where the bot is, without a message that it would hear of.
      file.shares.push({ channel: renders.id, ts: '1.000000' });
      return { id: file.id, name, bytes: content.length };
    },
    remove: async ({ message }) => {
      const found = renders.state.messages.find(({ ts }) => ts === message);
      if (found !== undefined) found.deletedAt = slack.clock.now();
      slack.changes.announce();
    },
    messages: async ({ thread }: ChatReference) => {
      const seen = thread === undefined ? renders.timeline : renders.thread(thread);
      const replies = seen.filter(({ ts, authorId }) => ts !== thread && authorId === bot.botUserId);
      return await Promise.all(
        replies.map(async ({ ts, files: [file] }) => ({
          message: ts,
          ...(file !== undefined && { file: await readFile(file.path, 'utf8') }),
        })),
      );
    },
    [Symbol.asyncDispose]: async () => unwatch(),
  };
});

/** What Slack calls the deliveries of each kind of event. */
const KINDS: Readonly<Record<Inbound['kind'], readonly string[]>> = {
  command: ['slash_commands'],
  click: ['block_actions'],
  upload: ['message'],
  form: ['view_submission'],
};

/** The whole adapter, with the real bolt. */
function openPort({ slack, app, bot }: Studio, directory: string) {
  const store = new Store(join(directory, 'adapter.db'), { clock: systemClock, random: systemRandom });
  onTestFinished(() => store.close());
  const tokens = new Map([
    ['BOT', bot.botToken],
    ['APP', app.appToken],
  ]);
  return must(
    openWorkspace(
      {
        where: 'chat.slack',
        botToken: { env: 'BOT' },
        connection: { mode: 'socket', appToken: { env: 'APP' } },
        apiUrl: slack.apiUrl,
        channels: [],
        quietChannels: [],
      },
      {
        store,
        secrets: (reference) => valid(new Secret(('env' in reference && tokens.get(reference.env)) || '')),
        wakeup: new Wakeup(),
        clock: systemClock,
        random: systemRandom,
        logger: pino({ level: 'silent' }),
        times: TIMES,
      },
    ),
  );
}
