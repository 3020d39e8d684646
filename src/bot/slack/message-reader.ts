import type { ConversationsRepliesResponse } from '@slack/web-api';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { type SlackMessage, toMessage } from './message-schema.ts';
import type { Outbound } from './outbound.ts';
import { coded, patiently } from './patience.ts';
import { slackCode, unavailable } from './slack-errors.ts';

/** Slack advises no more than 200 messages a page. */
const PAGE = 200;

type Page = Pick<ConversationsRepliesResponse, 'response_metadata'> & {
  readonly messages?: readonly unknown[];
};

/** Reads messages back. Throws as `ChatPort`. */
export class MessageReader {
  readonly #outbound: Outbound;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  /** The messages of a thread, or of a channel without its threads, from `since` on, oldest first. */
  async list({ channel, thread }: ChatReference, since: UtcMs): Promise<readonly SlackMessage[]> {
    const { conversations } = this.#outbound.clients.lookups;
    const range = {
      channel,
      oldest: timestampOf(since),
      inclusive: true,
      include_all_metadata: true,
      limit: PAGE,
    };
    const found = new Map<string, SlackMessage>();
    let cursor: string | undefined;
    do {
      const args = { ...range, ...(cursor !== undefined && { cursor }) };
      const page = await this.#page(
        thread === undefined ? 'history' : 'replies',
        async () =>
          await (thread === undefined
            ? conversations.history(args)
            : conversations.replies({ ...args, ts: thread })),
      );
      for (const message of messagesOf(page)) found.set(message.ts, message);
      cursor = page?.response_metadata?.next_cursor;
    } while (cursor !== undefined && cursor !== '');
    return [...found.values()].sort((one, other) => Number(one.ts) - Number(other.ts));
  }

  /** One message; undefined where it is gone. */
  async get({ channel, thread, message: ts }: ChatReference): Promise<SlackMessage | undefined> {
    if (ts === undefined) return undefined;
    const { conversations } = this.#outbound.clients.lookups;
    const page = await this.#page(
      'replies',
      async () =>
        await conversations.replies({
          channel,
          ts: thread ?? ts,
          oldest: ts,
          latest: ts,
          inclusive: true,
          // The root of the thread comes with it.
          limit: 10,
        }),
    );
    const found = messagesOf(page).find((message) => message.ts === ts);
    return found === undefined || found.isGone ? undefined : found;
  }

  /** Undefined where the thread is not there. */
  async #page(method: 'history' | 'replies', call: () => Promise<Page>): Promise<Page | undefined> {
    const { clock, times, closed, lookupPace } = this.#outbound;
    return await coded(async () => {
      const wait = lookupPace.take(method, times.patienceMs);
      if (wait === undefined) throw unavailable('too many messages are read');
      if (wait > 0) await clock.sleep(wait, closed);
      try {
        return await patiently(call, { clock, closed, patienceMs: times.patienceMs - wait });
      } catch (error) {
        if (['thread_not_found', 'message_not_found'].includes(slackCode(error) ?? '')) return undefined;
        throw error;
      }
    });
  }
}

function messagesOf(page: Page | undefined): SlackMessage[] {
  return (page?.messages ?? []).flatMap((each) => toMessage(each) ?? []);
}

/** Slack counts seconds, with six places. */
function timestampOf(time: UtcMs): string {
  return (Math.max(0, time) / 1000).toFixed(6);
}
