import { Routes } from 'discord.js';
import type { Answered, Card, ChatReference, EditOutcome } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { cardHash, shortHash } from '../chat/card-hash.ts';
import { inOpenThread } from './archive.ts';
import type { Calls } from './calls.ts';
import { CannotShow } from './cannot-show.ts';
import {
  DISCORD_CODES,
  discordCode,
  isTooLarge,
  toChatError,
  unavailable,
  waitAskedFor,
} from './discord-errors.ts';
import type { DiscordInbound } from './discord-inbound.ts';
import type { KnownMessages } from './known-messages.ts';
import type { Content, ContentOptions, MessageContent } from './message-content.ts';
import { isFileOf, nonceOf } from './message-mark.ts';
import { channelOf, MessageReader } from './message-reader.ts';
import { type DiscordMessage, toMessage } from './message-schema.ts';
import type { Outbound } from './outbound.ts';
import { renderCard } from './render-card.ts';

export interface MessageParts {
  readonly outbound: Outbound;
  readonly calls: Calls;
  readonly content: MessageContent;
  readonly known: KnownMessages;
  readonly answer: DiscordInbound['answer'];
}

/** Messages of the bot: posted, edited, found by their key, read back, deleted. Throws as `ChatPort`. */
export class DiscordMessages {
  readonly #parts: MessageParts;
  readonly #reader: MessageReader;
  readonly #cannotShow: CannotShow;

  constructor(parts: MessageParts) {
    this.#parts = parts;
    this.#reader = new MessageReader(parts.outbound, parts.calls);
    this.#cannotShow = new CannotShow(parts.outbound);
  }

  async post(key: string, where: ChatReference, card: Card, answered?: Answered): Promise<ChatReference> {
    const { calls, outbound } = this.#parts;
    const keyHash = shortHash(key);
    if (answered !== undefined && (await this.#answered(answered, card, keyHash))) return where;
    const channel = channelOf(where);
    const answer = await calls.coded(
      'post',
      channel,
      async () =>
        await this.#send(
          card,
          { keyHash, nonce: nonceOf(key, channel) },
          async (content) =>
            await outbound.client.post('posts', Routes.channelMessages(channel), content.body()),
        ).catch(async (error: unknown) => {
          if (discordCode(error) === DISCORD_CODES.missingPermissions) await this.#cannotShow.tell(where);
          throw error;
        }),
    );
    return { ...where, message: this.posted(answer, card).id };
  }

  /** Reads the answer to a post of the card. */
  posted(answer: unknown, card: Card): DiscordMessage {
    const message = toMessage(answer);
    if (message === undefined) throw unavailable('unreadable answer');
    this.#parts.known.remember(message);
    // An earlier post of the same key was not lost: whoever looks finds it, with what it shows.
    if (message.mark !== undefined && message.mark.hash !== cardHash(card)) {
      throw unavailable('an earlier message answers');
    }
    return message;
  }

  async edit(target: ChatReference, card: Card): Promise<EditOutcome> {
    const { calls, outbound, known } = this.#parts;
    const { message: id } = target;
    const channel = channelOf(target);
    if (id === undefined) return { state: 'gone' };
    try {
      const before = known.get(id) ?? (await this.#look(channel, id));
      if (before === undefined) return { state: 'gone' };
      const options = { keyHash: before.keyHash, present: before.attachments };
      const editing = async (content: Content): Promise<unknown> =>
        await outbound.client.patch('edits', Routes.channelMessage(channel, id), content.body());
      const answer = await calls.once(
        'edit',
        channel,
        async () =>
          await inOpenThread(channel, async () => await this.#send(card, options, editing), outbound, calls),
      );
      const message = toMessage(answer);
      if (message !== undefined) known.remember(message);
      return { state: 'edited' };
    } catch (error) {
      const retryAfterMs = waitAskedFor(error);
      if (retryAfterMs !== undefined) return { state: 'throttled', retryAfterMs };
      // What is known of it may be wrong.
      known.forget(id);
      if (discordCode(error) === DISCORD_CODES.unknownMessage) return { state: 'gone' };
      throw toChatError(error);
    }
  }

  async find(key: string, where: ChatReference, since: UtcMs): Promise<readonly ChatReference[]> {
    const { user } = await this.#parts.outbound.identity.get();
    const keyHash = shortHash(key);
    const messages = await this.#reader.list(where, since);
    const { message: _asked, ...place } = where;
    return messages
      .filter(
        ({ author, mark, attachments }) =>
          author === user &&
          (mark?.keyHash === keyHash || attachments.some(({ name }) => isFileOf(name, keyHash))),
      )
      .map(({ id }) => ({ ...place, message: id }));
  }

  async shown(target: ChatReference): Promise<string | null> {
    if (target.message === undefined) return null;
    const message = await this.#reader.get(channelOf(target), target.message);
    if (message === undefined) return null;
    this.#parts.known.remember(message);
    // What is not ours shows no card of ours: the next edit puts it right.
    return message.mark?.hash ?? 'unknown';
  }

  async delete(target: ChatReference): Promise<void> {
    const { outbound, calls, known } = this.#parts;
    const { message: id } = target;
    const channel = channelOf(target);
    if (id === undefined) return;
    known.forget(id);
    const deleting = async (): Promise<unknown> =>
      await outbound.client.delete('posts', Routes.channelMessage(channel, id));
    try {
      await calls.patient(
        'edit',
        channel,
        async () => await inOpenThread(channel, deleting, outbound, calls),
      );
    } catch (error) {
      const code = discordCode(error);
      if (code !== DISCORD_CODES.unknownMessage && code !== DISCORD_CODES.unknownChannel) {
        throw toChatError(error);
      }
    }
  }

  /** Where the interaction takes no answer any more, everybody sees it. Throws `chat.unavailable`. */
  async #answered(answered: Answered, card: Card, keyHash: string): Promise<boolean> {
    try {
      return await this.#parts.answer(answered, renderCard(card, { keyHash }));
    } catch (error) {
      const failure = toChatError(error);
      if (discordCode(error) === undefined) throw failure;
      this.#parts.outbound.logger.warn({ err: failure }, 'answer posted for all: nobody takes it alone');
      return false;
    }
  }

  async #look(channel: string, id: string) {
    const message = await this.#reader.get(channel, id);
    return message && this.#parts.known.remember(message);
  }

  /** Without its pictures where Discord does not take them there. */
  async #send<T>(card: Card, options: ContentOptions, send: (content: Content) => Promise<T>): Promise<T> {
    const content = await this.#parts.content.of(card, options);
    try {
      return await send(content);
    } catch (error) {
      // Words must not wait for their pictures.
      const isForPictures = isTooLarge(error) || discordCode(error) === DISCORD_CODES.missingPermissions;
      if (!content.hasPictures || !isForPictures) throw error;
      return await send(await this.#parts.content.of(card, { ...options, withoutPictures: true }));
    }
  }
}
