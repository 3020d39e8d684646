import { Routes } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import { isRetryable } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import { backoff } from '../../../core/runner/retry-policy.ts';
import type { DiscordClient } from '../discord-client.ts';
import { toChatError, unavailable, waitAskedFor } from '../discord-errors.ts';
import { LIMITS } from '../limits.ts';
import type { HeardMessage } from './from-message.ts';
import type { KnownChannel } from './guild-map.ts';
import { snowflakeAt } from './place.ts';

/** Nobody waits for an older video, ms. */
const LOOK_BACK_MS = 24 * 60 * 60_000;
/** Of each channel, the oldest first. */
const MAXIMUM_PAGES = 5;
/** Channels with news that are looked at, those with the newest first. */
const MAXIMUM_CHANNELS = 200;
const TRIES = 5;

const userSchema = z.object({
  id: z.string(),
  username: z.string(),
  global_name: z.string().nullish(),
  bot: z.boolean().optional(),
});

const bearerSchema = z.object({
  content: z.string(),
  mentions: z.array(userSchema),
  attachments: z.array(
    z.object({
      id: z.string(),
      filename: z.string(),
      size: z.number(),
      url: z.string(),
      content_type: z.string().optional(),
    }),
  ),
});

const messageSchema = bearerSchema.extend({
  id: z.string(),
  channel_id: z.string(),
  type: z.number(),
  webhook_id: z.string().optional(),
  author: userSchema,
  message_snapshots: z.array(z.object({ message: bearerSchema })).optional(),
});

/** One message that is like no other must not hide the rest of its page. */
const pageSchema = z.array(z.looseObject({ id: z.string().regex(/^\d+$/) }));

export interface CatchUpParts {
  readonly client: Pick<DiscordClient, 'get'>;
  readonly hear: (message: HeardMessage) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closed: AbortSignal;
}

interface Unread {
  readonly id: string;
  /** Absent in direct conversations. */
  readonly guild?: string;
}

/** What was said while nobody listened, read from the channels in which something was. */
export class CatchUp {
  readonly #parts: CatchUpParts;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /**
   * Hears every message after `since`, of one day at most. Resolves when that is done, or everything ends; false where a
   * channel could not be read: what was said there is looked for again by the next session.
   */
  async run(channels: readonly KnownChannel[], since: string): Promise<boolean> {
    const after = this.#bounded(since);
    const news = channels
      .filter(({ lastMessage }) => lastMessage !== undefined && BigInt(lastMessage) > BigInt(after))
      .toSorted((one, other) => (BigInt(one.lastMessage ?? 0) < BigInt(other.lastMessage ?? 0) ? 1 : -1));
    if (news.length > MAXIMUM_CHANNELS)
      this.#parts.logger.warn(
        { channels: news.length },
        'too much was said meanwhile: only the newest channels are read',
      );
    return await this.#each(news.slice(0, MAXIMUM_CHANNELS), after);
  }

  /** The same for direct conversations, of which Discord does not say whether there is anything new. */
  async runDirect(channels: readonly string[], since: string): Promise<boolean> {
    return await this.#each(
      channels.map((id) => ({ id })),
      this.#bounded(since),
    );
  }

  #bounded(since: string): string {
    const oldest = snowflakeAt(this.#parts.clock.now() - LOOK_BACK_MS);
    return BigInt(since) > BigInt(oldest) ? since : oldest;
  }

  async #each(channels: readonly Unread[], after: string): Promise<boolean> {
    let isComplete = true;
    for (const channel of channels) {
      const isRead = await this.#channel(channel, after);
      isComplete &&= isRead;
    }
    return isComplete;
  }

  async #channel({ id, guild }: Unread, since: string): Promise<boolean> {
    const { hear, logger } = this.#parts;
    let after = since;
    for (let page = 0; page < MAXIMUM_PAGES; page++) {
      const messages = await this.#page(id, after);
      if (messages === undefined) return false;
      for (const each of messages) {
        const message = messageSchema.safeParse(each);
        if (message.success) await hear({ ...message.data, guild_id: guild });
        else logger.warn({ message: each.id, channel: id }, 'a message cannot be read');
      }
      const last = messages.at(-1);
      if (last === undefined || messages.length < LIMITS.page) return true;
      after = last.id;
    }
    logger.warn({ channel: id }, 'more was said in a channel than is read again');
    return true;
  }

  /** The oldest first; undefined where Discord does not answer, empty where it does not let the bot read. */
  async #page(channel: string, after: string): Promise<readonly { readonly id: string }[] | undefined> {
    const { client, clock, logger, closed } = this.#parts;
    for (let tries = 0; tries < TRIES && !closed.aborted; tries++) {
      try {
        const query = { after, limit: String(LIMITS.page) };
        const answer = pageSchema.safeParse(
          await client.get('lookups', Routes.channelMessages(channel), { query, signal: closed }),
        );
        if (!answer.success) throw unavailable('unreadable answer', answer.error);
        return answer.data.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
      } catch (error) {
        const failure = toChatError(error);
        if (!isRetryable(failure.code)) {
          logger.debug({ code: failure.code, channel }, 'a channel may not be read');
          return [];
        }
        logger.warn({ err: failure, channel, tries }, 'a channel cannot be read yet');
        await clock.sleep(waitAskedFor(error) ?? backoff(tries), closed);
      }
    }
    return undefined;
  }
}
