import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { Answered, Card, ChatReference, EditOutcome } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { shortHash } from '../chat/card-hash.ts';
import { threadRootCard } from '../thread-view/thread-root-card.ts';
import type { CardContent } from './card-content.ts';
import { ChannelPace } from './channel-pace.ts';
import { FileSteps } from './file-steps.ts';
import { MessageReader } from './message-reader.ts';
import { METADATA_EVENT, type SlackMessage } from './message-schema.ts';
import type { Outbound } from './outbound.ts';
import { coded, patiently } from './patience.ts';
import { slackCode, toChatError, unavailable, waitAskedFor } from './slack-errors.ts';
import { uploadKey } from './upload-key.ts';
import type { Whispers } from './whispers.ts';

const postedSchema = z.object({
  ts: z.string(),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
});

export interface MessageParts {
  readonly outbound: Outbound;
  readonly content: CardContent;
  readonly whispers: Whispers;
}

/** Messages of the bot: posted, edited, found by their key, read back, deleted. Throws as `ChatPort`. */
export class SlackMessages {
  readonly #outbound: Outbound;
  readonly #content: CardContent;
  readonly #whispers: Whispers;
  readonly #reader: MessageReader;
  readonly #steps: FileSteps;
  readonly #pace: ChannelPace;

  constructor({ outbound, content, whispers }: MessageParts) {
    this.#outbound = outbound;
    this.#content = content;
    this.#whispers = whispers;
    this.#reader = new MessageReader(outbound);
    this.#steps = new FileSteps(outbound);
    this.#pace = new ChannelPace(outbound.clock, outbound.times.postIntervalMs);
  }

  /** A thread is the timestamp of its root, which is posted where a channel is given. */
  async openThread(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference> {
    const { message, thread, ...channel } = parent;
    const known = thread ?? message;
    if (known !== undefined) return { ...channel, thread: known };
    const [earlier] = since === undefined ? [] : await this.find(key, channel, since);
    const root = earlier ?? (await this.post(key, channel, threadRootCard(title)));
    return { ...channel, ...(root.message !== undefined && { thread: root.message }) };
  }

  async post(key: string, where: ChatReference, card: Card, answered?: Answered): Promise<ChatReference> {
    return await coded(
      async () =>
        await this.#content.send(card, key, async (content) => {
          if (answered !== undefined && (answered.alone === true || isForOneAlone(where))) {
            await this.#whispers.say(answered, where, content);
            return where;
          }
          const { channel, thread } = where;
          const patienceMs = await this.#turn(channel);
          const { clock, closed, clients } = this.#outbound;
          const posting = async () =>
            await clients.posts.chat.postMessage({
              channel,
              ...content,
              ...(thread !== undefined && { thread_ts: thread }),
              metadata: { event_type: METADATA_EVENT, event_payload: { key } },
              unfurl_links: false,
              unfurl_media: false,
            });
          const posted = postedSchema.safeParse(await patiently(posting, { clock, closed, patienceMs }));
          if (!posted.success) throw unavailable('unreadable answer', posted.error);
          const { ts, message } = posted.data;
          const reference = { ...where, message: ts };
          // A reply to a thread that somebody has deleted stands in the channel.
          if (thread !== undefined && message !== undefined && message.thread_ts !== thread) {
            await this.delete({ ...reference, thread: message.thread_ts ?? ts });
            throw new CosmosError('chat.place_gone', { platform: 'Slack', detail: 'thread_not_found' });
          }
          return reference;
        }),
    );
  }

  async edit({ channel, message: ts }: ChatReference, card: Card): Promise<EditOutcome> {
    if (ts === undefined) return { state: 'gone' };
    try {
      await this.#content.send(card, undefined, async (content) => {
        // Its metadata, with the key, stays as it was.
        await this.#outbound.clients.edits.chat.update({ channel, ts, ...content });
      });
      return { state: 'edited' };
    } catch (error) {
      const retryAfterMs = waitAskedFor(error);
      if (retryAfterMs !== undefined) return { state: 'throttled', retryAfterMs };
      if (slackCode(error) === 'message_not_found') return { state: 'gone' };
      throw toChatError(error);
    }
  }

  async find(key: string, where: ChatReference, since: UtcMs): Promise<readonly ChatReference[]> {
    const me = await this.#outbound.identity.get();
    const keyHash = shortHash(key);
    const file = this.#outbound.files.get(uploadKey(key));
    const isIt = ({ bot, user, key: own, mark, files }: SlackMessage): boolean =>
      (bot === me.bot || user === me.user) &&
      (own === key || mark?.keyHash === keyHash || (file !== undefined && files.includes(file)));
    const messages = await this.#reader.list(where, since);
    const { message: _asked, ...place } = where;
    return messages
      .filter((message) => !message.isGone && isIt(message))
      .map(({ ts }) => ({ ...place, message: ts }));
  }

  async shown(target: ChatReference): Promise<string | null> {
    const message = await this.#reader.get(target);
    if (message === undefined) return null;
    // Blocks that are not ours show no card of ours: the next edit puts them right.
    return message.mark?.hash ?? 'unknown';
  }

  /** With its files: they would stay in Slack, and be found by whoever searches. */
  async delete(target: ChatReference): Promise<void> {
    const { channel, message: ts } = target;
    const found = await this.#reader.get(target);
    if (found === undefined || ts === undefined) return;
    for (const file of found.files) await this.#steps.delete(file);
    const { clock, closed, times, clients } = this.#outbound;
    const deleting = async () => await clients.edits.chat.delete({ channel, ts });
    try {
      await patiently(deleting, { clock, closed, patienceMs: times.patienceMs });
    } catch (error) {
      if (slackCode(error) !== 'message_not_found') throw toChatError(error);
    }
  }

  /** Waits for the turn in the channel; returns what is left of the patience, ms. */
  async #turn(channel: string): Promise<number> {
    const { clock, closed, times } = this.#outbound;
    const wait = this.#pace.take(channel, times.patienceMs);
    if (wait === undefined) throw unavailable('too many posts into one channel');
    if (wait > 0) await clock.sleep(wait, closed);
    return times.patienceMs - wait;
  }
}

/** Answers in a channel are for whoever asked; threads and direct conversations have their readers already. */
function isForOneAlone({ channel, thread }: ChatReference): boolean {
  return thread === undefined && !channel.startsWith('D');
}
