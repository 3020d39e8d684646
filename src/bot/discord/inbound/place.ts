import type { ChatReference, ChatUser } from '../../../core/ports/chat.ts';
import type { UtcMs } from '../../../core/ports/clock.ts';
import { DIRECT_TENANT, DISCORD } from '../platform.ts';
import type { GuildMap } from './guild-map.ts';

/** What is needed to put an event of Discord into the words of the port. */
export interface Surroundings {
  /** The bot's user id. */
  readonly botUser: string;
  /** Channels in which uploads become prompts; none: wherever the bot may read. */
  readonly channels: readonly string[];
  /** A thread in which the bot has something to say. */
  readonly ownsThread: (where: ChatReference) => boolean;
  readonly guilds: GuildMap;
}

/** Where something happened, as Discord says it: a thread is a channel there. */
export interface Spot {
  /** Undefined in direct conversations. */
  readonly guild: string | undefined;
  readonly channel: string;
  /** The channel of a thread, where the event says it. */
  readonly parent?: string | undefined;
  readonly message?: string | undefined;
}

/** A place: in a thread, the channel is the one that the thread is in. */
export function place(guilds: GuildMap, { guild, channel, parent, message }: Spot): ChatReference {
  const above = parent ?? guilds.channel(channel)?.parent;
  return {
    platform: DISCORD,
    tenant: guild ?? DIRECT_TENANT,
    ...(above === undefined ? { channel } : { channel: above, thread: channel }),
    ...(message !== undefined && { message }),
  };
}

/** Somebody as events describe them. */
export interface ToldUser {
  readonly id: string;
  readonly username: string;
  readonly global_name?: string | null | undefined;
}

/** What a guild knows of somebody. */
export interface ToldMember {
  readonly nick?: string | null | undefined;
  readonly roles: readonly string[];
}

/** A person with the ids of their roles, the role of everybody included: it has the guild's id. */
export function person(user: ToldUser, member?: ToldMember, guild?: string): ChatUser {
  return {
    id: user.id,
    name: member?.nick ?? user.global_name ?? user.username,
    groups: [...(guild === undefined ? [] : [guild]), ...(member?.roles ?? [])],
  };
}

const DISCORD_EPOCH_MS = 1_420_070_400_000;
const TIME_SHIFT = 22n;

/** When something with this id was made. */
export function timeOf(snowflake: string): UtcMs {
  return Number(BigInt(snowflake) >> TIME_SHIFT) + DISCORD_EPOCH_MS;
}

/** The smallest id of that time. */
export function snowflakeAt(at: UtcMs): string {
  return String(BigInt(Math.max(0, Math.trunc(at) - DISCORD_EPOCH_MS)) << TIME_SHIFT);
}
