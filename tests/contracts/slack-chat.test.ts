import { readFile } from 'node:fs/promises';
import type { ChatReference, Inbound } from '../../src/core/ports/chat.ts';
import { Wakeup } from '../../src/core/wakeup.ts';
import { storeFile } from '../fakes/slack/people/uploading.ts';
import { openDesk, titled } from '../support/slack-desk.ts';
import { openStudio } from '../support/slack-studio.ts';
import { chatContract } from './chat.contract.ts';

chatContract('slack', async () => {
  const studio = await openStudio();
  const { slack, workspace, renders, anna, bot } = studio;
  const { chat: port, channel } = await openDesk(studio);
  const changed = new Wakeup();
  const watching = watch(slack.changes, changed);
  const user = { id: anna.id, name: anna.name, groups: [] };

  /** What people do to cause such an event. */
  const act = async (event: Inbound): Promise<boolean> => {
    const thread = event.where.thread;
    switch (event.kind) {
      case 'command':
        return (await anna.command(renders, '/cosmos', event.text)).outcome === 'acked';
      case 'click': {
        const { verb, target, arguments: rest } = event;
        const card = titled('A card', { actions: [{ verb, label: 'Press', target, arguments: rest }] });
        const { message = '' } = await port.post(`card:${event.dedupeKey}`, event.where, card);
        const seen = renders.now(message);
        return seen !== undefined && (await anna.clicks(seen, 'Press')).outcome === 'acked';
      }
      default:
        throw new Error(`nobody has taught anna ${event.kind} in ${thread}`);
    }
  };

  return {
    port,
    channel,
    user,
    changed,
    send: act,
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
    [Symbol.asyncDispose]: async () => watching(),
  };
});

/** Passes on that something has changed, until the returned function is called. */
function watch(changes: { until: (look: () => boolean) => Promise<unknown> }, changed: Wakeup): () => void {
  let isOver = false;
  void changes.until(() => {
    changed.notify();
    return isOver;
  });
  return () => {
    isOver = true;
  };
}
