import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Application } from './application.ts';
import { LIMITS } from './limits.ts';
import type { Attachment, Channel, Guild, Message, Ping, Role, User } from './model.ts';
import { bitsOf, CHANNEL_TYPES, EVERYONE_PERMISSIONS, type Permission } from './numbers.ts';
import type { Snowflakes } from './snowflakes.ts';

type NewChannel = Pick<Channel, 'type' | 'name'> &
  Partial<Pick<Channel, 'id' | 'guildId' | 'parentId' | 'recipients' | 'thread'>>;

/** Everything that Discord keeps. */
export class State {
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly attachments = new Map<string, Attachment>();
  readonly applications: Application[] = [];
  readonly pings: Ping[] = [];
  readonly ids: Snowflakes;
  readonly #clock: Clock;

  constructor(clock: Clock, ids: Snowflakes) {
    this.#clock = clock;
    this.ids = ids;
  }

  addUser(username: string, bot = false): User {
    const user = { id: this.ids.next(), username, bot, uploadBytes: LIMITS.uploadBytes };
    this.users.set(user.id, user);
    return user;
  }

  addGuild(name: string, ownerId: string): Guild {
    const guild: Guild = {
      id: this.ids.next(),
      name,
      ownerId,
      boostTier: 0,
      roles: new Map(),
      members: new Map(),
    };
    this.guilds.set(guild.id, guild);
    guild.roles.set(guild.id, {
      id: guild.id,
      name: '@everyone',
      permissions: bitsOf(EVERYONE_PERMISSIONS),
      position: 0,
    });
    return guild;
  }

  addRole(guild: Guild, name: string, permissions: Iterable<Permission>): Role {
    const role = {
      id: this.ids.next(),
      name,
      permissions: bitsOf(permissions),
      position: guild.roles.size,
    };
    guild.roles.set(role.id, role);
    return role;
  }

  addMember(guild: Guild, userId: string, roles: Iterable<string> = []): void {
    guild.members.set(userId, { userId, roles: new Set(roles), joinedAt: this.#clock.now() });
  }

  addChannel(facts: NewChannel): Channel {
    const channel: Channel = {
      id: this.ids.next(),
      guildId: undefined,
      parentId: undefined,
      recipients: [],
      thread: undefined,
      ...facts,
      overwrites: new Map(),
      messages: [],
      deleted: false,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** The direct conversation of these two, made where there is none. */
  directChannel(one: string, other: string): Channel {
    const found = [...this.channels.values()].find(
      (each) =>
        each.type === CHANNEL_TYPES.DM && each.recipients.includes(one) && each.recipients.includes(other),
    );
    return found ?? this.addChannel({ type: CHANNEL_TYPES.DM, name: '', recipients: [one, other] });
  }

  user(id: string): User {
    const user = this.users.get(id);
    if (!user) throw new Error(`nobody is ${id}`);
    return user;
  }

  guild(id: string): Guild {
    const guild = this.guilds.get(id);
    if (!guild) throw new Error(`there is no guild ${id}`);
    return guild;
  }

  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (!channel) throw new Error(`there is no channel ${id}`);
    return channel;
  }

  channelsOf(guild: Guild): readonly Channel[] {
    return [...this.channels.values()].filter((each) => each.guildId === guild.id && !each.deleted);
  }

  threadsOf(channel: Channel): readonly Channel[] {
    return [...this.channels.values()].filter((each) => each.parentId === channel.id && !each.deleted);
  }
}

/** A message that is still there. */
export function messageIn(channel: Channel, id: string): Message | undefined {
  return channel.messages.find((each) => each.id === id && each.deletedAt === undefined);
}
