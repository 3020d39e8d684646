import {
  type RESTPostAPIChannelMessagesThreadsJSONBody,
  Routes,
  ThreadAutoArchiveDuration,
} from 'discord.js';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { clean, clip } from '../chat/clean-text.ts';
import { threadRootCard } from '../thread-view/thread-root-card.ts';
import type { Calls } from './calls.ts';
import { DISCORD_CODES, discordCode, toChatError } from './discord-errors.ts';
import { LIMITS } from './limits.ts';
import type { DiscordMessages } from './messages.ts';
import type { Outbound } from './outbound.ts';
import { DIRECT_TENANT } from './platform.ts';

/** Where a channel cannot have a thread, or none more: what is said then stands in the channel. */
const NO_THREADS: ReadonlySet<number | undefined> = new Set([
  DISCORD_CODES.wrongKindOfChannel,
  DISCORD_CODES.tooManyThreads,
  DISCORD_CODES.tooManyNewsThreads,
]);
const NAMELESS = 'cosmos';

/** Threads on messages. */
export class DiscordThreads {
  readonly #outbound: Outbound;
  readonly #calls: Calls;
  readonly #messages: DiscordMessages;

  constructor({
    outbound,
    calls,
    messages,
  }: { readonly outbound: Outbound; readonly calls: Calls; readonly messages: DiscordMessages }) {
    this.#outbound = outbound;
    this.#calls = calls;
    this.#messages = messages;
  }

  /**
   * As `ChatPort.openThread`. A thread has the id of the message that it hangs on, which is posted where a channel is
   * given. Direct conversations have no threads: everything stands in them.
   */
  async open(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference> {
    const { message, thread, ...channel } = parent;
    if (thread !== undefined) return { ...channel, thread };
    if (channel.tenant === DIRECT_TENANT) return channel;
    const opened = message === undefined ? undefined : await this.#on(message, channel, title);
    return opened ?? (await this.#onOwnMessage(key, channel, title, since));
  }

  async #onOwnMessage(
    key: string,
    channel: ChatReference,
    title: string,
    since: UtcMs | undefined,
  ): Promise<ChatReference> {
    const [earlier] = since === undefined ? [] : await this.#messages.find(key, channel, since);
    const root = earlier ?? (await this.#messages.post(key, channel, threadRootCard(title)));
    const opened = root.message === undefined ? undefined : await this.#on(root.message, channel, title);
    return opened ?? channel;
  }

  /** Undefined where the message is gone. */
  async #on(message: string, channel: ChatReference, title: string): Promise<ChatReference | undefined> {
    const name = clip(clean(title).trim(), LIMITS.threadName);
    const json: RESTPostAPIChannelMessagesThreadsJSONBody = {
      name: name === '' ? NAMELESS : name,
      auto_archive_duration: ThreadAutoArchiveDuration.OneWeek,
    };
    try {
      await this.#calls.patient(
        'thread',
        channel.channel,
        async () =>
          await this.#outbound.client.post('posts', Routes.threads(channel.channel, message), { json }),
      );
    } catch (error) {
      const code = discordCode(error);
      if (code === DISCORD_CODES.unknownMessage) return undefined;
      if (NO_THREADS.has(code)) return channel;
      if (code !== DISCORD_CODES.threadExists) throw toChatError(error);
    }
    return { ...channel, thread: message };
  }
}
