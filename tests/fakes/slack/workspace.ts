import type { Clock } from '../../../src/core/ports/clock.ts';
import { newId } from './ids.ts';
import type { Channel, ChannelKind, Message, Ping, StoredFile, User, UserGroup, View } from './model.ts';
import { TimestampMaker } from './timestamps.ts';

/** What administrators forbid; a test changes the fields. */
export interface WorkspacePolicy {
  /** Largest upload, bytes. */
  maxFileBytes: number;
  uploadsDisabled: boolean;
  storageFull: boolean;
  /** Endings of names that are refused, without dot. */
  blockedFileTypes: readonly string[];
  /** How long messages can be edited, ms; no limit where undefined. */
  editWindowMs: number | undefined;
}

type UserOptions = Partial<Omit<User, 'id' | 'name'>>;

/** The state of one workspace. */
export class Workspace {
  readonly id = newId('T');
  readonly domain: string;
  readonly name: string;
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly files = new Map<string, StoredFile>();
  readonly groups = new Map<string, UserGroup>();
  /** Open modals and published Home tabs, by view id. */
  readonly views = new Map<string, View>();
  /** Ids of the open modals of each person, the top one last. */
  readonly modals = new Map<string, string[]>();
  readonly pings: Ping[] = [];
  readonly policy: WorkspacePolicy = {
    maxFileBytes: 1_000_000_000,
    uploadsDisabled: false,
    storageFull: false,
    blockedFileTypes: [],
    editWindowMs: undefined,
  };
  readonly #clock: Clock;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.domain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    this.#clock = clock;
  }

  addUser(name: string, options: UserOptions = {}): User {
    const user: User = {
      id: newId('U'),
      teamId: this.id,
      name,
      realName: name,
      isAdmin: false,
      isRestricted: false,
      isUltraRestricted: false,
      deleted: false,
      timeZone: 'Europe/Berlin',
      ...options,
    };
    this.users.set(user.id, user);
    return user;
  }

  addChannel(name: string, kind: ChannelKind, members: Iterable<string>): Channel {
    const channel: Channel = {
      id: newId(kind === 'im' ? 'D' : kind === 'mpim' ? 'G' : 'C'),
      kind,
      name,
      createdAt: this.#clock.now(),
      members: new Set(members),
      archived: false,
      deleted: false,
      posting: 'anyone',
      shared: false,
      timestamps: new TimestampMaker(),
      messages: [],
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** The direct conversation of exactly these people, made where there is none. */
  directChannel(members: readonly string[]): Channel {
    const wanted = new Set(members);
    const kind = wanted.size > 2 ? 'mpim' : 'im';
    const found = [...this.channels.values()].find(
      (each) =>
        each.kind === kind &&
        each.members.size === wanted.size &&
        [...wanted].every((id) => each.members.has(id)),
    );
    return found ?? this.addChannel(kind === 'im' ? '' : 'mpdm', kind, wanted);
  }

  addGroup(handle: string, members: Iterable<string>): UserGroup {
    const group = { id: newId('S'), handle, name: handle, members: new Set(members) };
    this.groups.set(group.id, group);
    return group;
  }

  user(id: string): User {
    const user = this.users.get(id);
    if (!user) throw new Error(`nobody is ${id}`);
    return user;
  }

  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (!channel) throw new Error(`there is no channel ${id}`);
    return channel;
  }
}

/** A message that is still there, or the tombstone that its thread hangs on. */
export function messageIn(channel: Channel, ts: string): Message | undefined {
  return channel.messages.find((each) => each.ts === ts && isShown(each));
}

export function isShown(message: Message): boolean {
  return message.deletedAt === undefined || message.tombstone === true;
}

/** The replies of a thread in their order, without what only one person sees. */
export function repliesOf(channel: Channel, ts: string): readonly Message[] {
  return channel.messages.filter(
    (each) => each.threadTs === ts && each.ts !== ts && isShown(each) && each.onlyFor === undefined,
  );
}
