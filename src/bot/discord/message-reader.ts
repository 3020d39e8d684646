import { Routes } from 'discord.js';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import type { Calls } from './calls.ts';
import { DISCORD_CODES, discordCode, unavailable } from './discord-errors.ts';
import { LIMITS } from './limits.ts';
import { type DiscordMessage, toMessage } from './message-schema.ts';
import type { Outbound } from './outbound.ts';

/** The first second of 2015: Discord's ids count from there. */
const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** Where messages of a place are: a thread is a channel of its own. */
export function channelOf({ channel, thread }: ChatReference): string {
  return thread ?? channel;
}

/** Reads messages back. Throws as `ChatPort`. */
export class MessageReader {
  readonly #client: Outbound['client'];
  readonly #calls: Calls;

  constructor({ client }: Outbound, calls: Calls) {
    this.#client = client;
    this.#calls = calls;
  }

  /** The messages of a thread or a channel from `since` on, oldest first; none where the thread is not there. */
  async list(where: ChatReference, since: UtcMs): Promise<readonly DiscordMessage[]> {
    const channel = channelOf(where);
    const found: DiscordMessage[] = [];
    for (let after = snowflakeAt(since); ; ) {
      const { messages, isLast } = await this.#page(channel, after);
      found.push(...messages);
      const last = messages.at(-1);
      if (last === undefined || isLast) return found;
      after = last.id;
    }
  }

  /** One message; undefined where it is gone. */
  async get(channel: string, message: string): Promise<DiscordMessage | undefined> {
    return await this.#calls.coded('read', channel, async () => {
      try {
        const answer = await this.#client.get('lookups', Routes.channelMessage(channel, message));
        const read = toMessage(answer);
        if (read === undefined) throw unavailable('unreadable answer');
        return read;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    });
  }

  /** Discord answers with the newest first. */
  async #page(
    channel: string,
    after: string,
  ): Promise<{ readonly messages: readonly DiscordMessage[]; readonly isLast: boolean }> {
    const query = { after, limit: String(LIMITS.page) };
    const answer = await this.#calls.coded('read', channel, async () => {
      try {
        return await this.#client.get('lookups', Routes.channelMessages(channel), { query });
      } catch (error) {
        if (isGone(error)) return [];
        throw error;
      }
    });
    if (!Array.isArray(answer)) throw unavailable('unreadable answer');
    const messages = answer.flatMap((each) => toMessage(each) ?? []).sort(byAge);
    return { messages, isLast: answer.length < LIMITS.page };
  }
}

function isGone(error: unknown): boolean {
  const code = discordCode(error);
  return code === DISCORD_CODES.unknownMessage || code === DISCORD_CODES.unknownChannel;
}

function byAge(one: DiscordMessage, other: DiscordMessage): number {
  return one.id.length - other.id.length || (one.id < other.id ? -1 : 1);
}

/** The id before all messages of that time. */
function snowflakeAt(time: UtcMs): string {
  return String(BigInt(Math.max(0, Math.floor(time) - DISCORD_EPOCH_MS)) << 22n);
}
