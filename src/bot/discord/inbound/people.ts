import { Routes } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ChatReference, ChatUser } from '../../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../../core/ports/clock.ts';
import type { DiscordClient } from '../discord-client.ts';
import { discordCode, toChatError, unavailable } from '../discord-errors.ts';
import { DIRECT_TENANT } from '../platform.ts';
import { person } from './place.ts';

/** How long an answer of Discord is believed, ms. */
const FRESH_MS = 60_000;
/** How long it is believed while Discord does not answer, ms. */
const STALE_MS = 60 * 60_000;
/** People who are remembered, each once for every guild. */
const MAXIMUM_PEOPLE = 10_000;
/** Guilds in which somebody who writes directly is looked for. */
const MAXIMUM_GUILDS = 20;
/** No member of the guild, or nobody at all; or the bot is not in the guild any more. */
const STRANGERS: readonly (number | undefined)[] = [10_004, 10_007, 10_013, 50_001];

const memberSchema = z.object({
  nick: z.string().nullish(),
  roles: z.array(z.string()),
  user: z.object({ id: z.string(), username: z.string(), global_name: z.string().nullish() }),
});

interface Known {
  /** Undefined for whoever is not in the guild. */
  readonly user: ChatUser | undefined;
  readonly at: UtcMs;
}

export interface PeopleParts {
  readonly client: Pick<DiscordClient, 'get'>;
  /** Guilds in which the bot is. */
  readonly guilds: () => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Which roles people have now: asked for after an event is acknowledged, and remembered for a while. */
export class People {
  readonly #parts: PeopleParts;
  readonly #known = new Map<string, Known>();

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** As `ChatPort.person`: in a direct conversation somebody has the roles of all guilds that they share with the bot. */
  async person(user: ChatUser, { tenant }: ChatReference): Promise<ChatUser> {
    const guilds = tenant === DIRECT_TENANT ? this.#parts.guilds().slice(0, MAXIMUM_GUILDS) : [tenant];
    const found: ChatUser[] = [];
    for (const guild of guilds) {
      const member = await this.#member(guild, user.id);
      if (member !== undefined) found.push(member);
    }
    const groups = [...new Set(found.flatMap((each) => each.groups))];
    return {
      id: user.id,
      name: tenant === DIRECT_TENANT ? user.name : (found[0]?.name ?? user.name),
      groups,
    };
  }

  /** Throws as `ChatPort`. */
  async #member(guild: string, id: string): Promise<ChatUser | undefined> {
    const { clock, logger } = this.#parts;
    const key = `${guild}/${id}`;
    const known = this.#known.get(key);
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : clock.now() - known.at;
    if (ageMs < FRESH_MS) return known?.user;
    try {
      const user = await this.#ask(guild, id);
      this.#known.delete(key);
      this.#known.set(key, { user, at: clock.now() });
      const [oldest] = this.#known.keys();
      if (this.#known.size > MAXIMUM_PEOPLE && oldest !== undefined) this.#known.delete(oldest);
      return user;
    } catch (error) {
      const failure = toChatError(error);
      if (ageMs >= STALE_MS) throw failure;
      logger.warn({ err: failure }, 'Discord does not say which roles somebody has: what was known is used');
      return known?.user;
    }
  }

  async #ask(guild: string, id: string): Promise<ChatUser | undefined> {
    try {
      const answer = memberSchema.safeParse(
        await this.#parts.client.get('lookups', Routes.guildMember(guild, id)),
      );
      if (!answer.success) throw unavailable('unreadable answer', answer.error);
      return person(answer.data.user, answer.data, guild);
    } catch (error) {
      if (!STRANGERS.includes(discordCode(error))) throw error;
      return undefined;
    }
  }
}
