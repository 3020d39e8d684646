import {
  type APIRole,
  ChannelType,
  GatewayDispatchEvents as Events,
  type GatewayDispatchPayload,
} from 'discord.js';

/** A channel or thread of a guild. */
export interface KnownChannel {
  readonly id: string;
  readonly guild: string;
  readonly name: string;
  /** Of a thread: the channel that it is in. */
  readonly parent?: string;
  /** The newest message when Discord last told of the channel. */
  readonly lastMessage?: string;
}

/** What Discord tells of a channel wherever it does. */
interface ToldChannel {
  readonly id: string;
  readonly type: number;
  readonly name?: string | null;
  readonly parent_id?: string | null | undefined;
  readonly last_message_id?: string | null | undefined;
}

const THREADS: ReadonlySet<number> = new Set([
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
]);

export function isThread({ type }: { readonly type: number }): boolean {
  return THREADS.has(type);
}

/** The guilds, channels, threads and own roles that Discord has told of: what its other events leave out. */
export class GuildMap {
  readonly #channels = new Map<string, KnownChannel>();
  /** By guild: the roles that are the bot itself, which people mention as if they were its name. */
  readonly #ownRoles = new Map<string, ReadonlySet<string>>();
  #user = '';

  /** Takes in what an event tells of guilds and channels. */
  apply(payload: GatewayDispatchPayload): void {
    switch (payload.t) {
      case Events.Ready:
        this.#user = payload.d.user.id;
        this.#channels.clear();
        this.#ownRoles.clear();
        return;
      case Events.GuildCreate:
        if (payload.d.unavailable === true) return;
        this.#setRoles(payload.d.id, payload.d.roles);
        for (const channel of [...payload.d.channels, ...payload.d.threads]) this.#set(payload.d.id, channel);
        return;
      case Events.GuildDelete:
        if (payload.d.unavailable !== true) this.#forgetGuild(payload.d.id);
        return;
      case Events.GuildRoleCreate:
      case Events.GuildRoleUpdate:
        this.#setRoles(payload.d.guild_id, [payload.d.role]);
        return;
      case Events.ThreadListSync:
        for (const thread of payload.d.threads) this.#set(payload.d.guild_id, thread);
        return;
      case Events.ChannelCreate:
      case Events.ChannelUpdate:
        this.#set(payload.d.guild_id, payload.d);
        return;
      case Events.ThreadCreate:
      case Events.ThreadUpdate:
        if (payload.d.guild_id !== undefined) this.#set(payload.d.guild_id, payload.d);
        return;
      case Events.ChannelDelete:
      case Events.ThreadDelete:
        this.#channels.delete(payload.d.id);
        return;
      default:
    }
  }

  channel(id: string): KnownChannel | undefined {
    return this.#channels.get(id);
  }

  /** Guilds in which the bot is and that are reachable. */
  get guilds(): readonly string[] {
    return [...this.#ownRoles.keys()];
  }

  channelsOf(guild: string): readonly KnownChannel[] {
    return [...this.#channels.values()].filter((each) => each.guild === guild);
  }

  /** What people type for the bot in a guild, as Discord sends it: its name, or its role. */
  mentions(guild: string | undefined): readonly string[] {
    const roles = guild === undefined ? [] : [...(this.#ownRoles.get(guild) ?? [])];
    return [`<@${this.#user}>`, `<@!${this.#user}>`, ...roles.map((role) => `<@&${role}>`)];
  }

  #set(guild: string, told: ToldChannel): void {
    const { id, name, parent_id: parent, last_message_id: lastMessage } = told;
    this.#channels.set(id, {
      ...{ id, guild, name: name ?? id },
      ...(isThread(told) && typeof parent === 'string' && { parent }),
      ...(typeof lastMessage === 'string' && { lastMessage }),
    });
  }

  #setRoles(guild: string, roles: readonly APIRole[]): void {
    const own = roles.filter(({ tags }) => tags?.bot_id === this.#user).map(({ id }) => id);
    this.#ownRoles.set(guild, new Set([...(this.#ownRoles.get(guild) ?? []), ...own]));
  }

  #forgetGuild(guild: string): void {
    this.#ownRoles.delete(guild);
    for (const { id } of this.channelsOf(guild)) this.#channels.delete(id);
  }
}
