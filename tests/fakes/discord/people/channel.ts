import type { Application } from '../application.ts';
import { tellChannel } from '../gateway/events.ts';
import type { Channel, Role } from '../model.ts';
import { bitsOf, type Permission } from '../numbers.ts';
import { archiveQuietThreads, removeChannel, setArchived, setLocked } from '../thread-state.ts';
import { type NewThread, openThread } from '../threads.ts';
import type { World } from '../world.ts';
import type { Person } from './person.ts';
import { type SeenMessage, seen, seenMessages } from './seen.ts';

/** A channel, a thread or a direct conversation, for tests to look into and to change. */
export class DiscordChannel {
  readonly state: Channel;
  readonly #world: World;

  constructor(world: World, state: Channel) {
    this.#world = world;
    this.state = state;
  }

  get id(): string {
    return this.state.id;
  }

  get name(): string {
    return this.state.name;
  }

  /** What everybody sees in it. */
  get timeline(): readonly SeenMessage[] {
    return seenMessages(this.#world, this.state);
  }

  /** Its threads that are not deleted. */
  get threads(): readonly DiscordChannel[] {
    return this.#world.state.threadsOf(this.state).map((each) => new DiscordChannel(this.#world, each));
  }

  get isArchived(): boolean {
    archiveQuietThreads(this.#world);
    return this.state.thread?.archived === true;
  }

  get isLocked(): boolean {
    return this.state.thread?.locked === true;
  }

  /** The thread on a message. */
  threadOn(message: SeenMessage): DiscordChannel | undefined {
    const found = this.#world.state.channels.get(message.id);
    return found && !found.deleted ? new DiscordChannel(this.#world, found) : undefined;
  }

  /** Resolves when there is a thread on a message. */
  async threadOpened(message: SeenMessage): Promise<DiscordChannel> {
    return await this.#world.changes.until(() => this.threadOn(message));
  }

  /** The present state of a message, whoever sees it; undefined when it is gone. */
  now(message: SeenMessage | string): SeenMessage | undefined {
    const id = typeof message === 'string' ? message : message.id;
    const found = this.state.messages.find((each) => each.id === id && each.deletedAt === undefined);
    return found && seen(this.#world, found);
  }

  /** Resolves with the first message that fits, of those that everybody (or this person) sees. */
  async shows(fits: (message: SeenMessage) => boolean, viewer?: Person): Promise<SeenMessage> {
    return await this.#world.changes.until(() =>
      seenMessages(this.#world, this.state, viewer?.id).find(fits),
    );
  }

  /** Somebody opens a thread by hand. */
  openThread(
    owner: Person,
    facts: Omit<NewThread, 'owner' | 'message'> & { on?: SeenMessage },
  ): DiscordChannel {
    const { on, ...rest } = facts;
    const message = on && this.state.messages.find((each) => each.id === on.id);
    const opened = openThread(this.#world, this.state, {
      type: 11,
      ...rest,
      owner: owner.id,
      ...(message ? { message } : {}),
    });
    return new DiscordChannel(this.#world, opened);
  }

  /** Takes permissions away here, from a bot, a person or a role. */
  deny(whom: Person | Application | Role, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, { allow: 0n, deny: bitsOf(permissions) });
  }

  /** Gives permissions here. */
  allow(whom: Person | Application | Role, ...permissions: readonly Permission[]): void {
    this.#overwrite(whom, { allow: bitsOf(permissions), deny: 0n });
  }

  archive(): void {
    if (this.state.thread) setArchived(this.#world, this.state, this.state.thread, true);
  }

  unarchive(): void {
    if (this.state.thread) setArchived(this.#world, this.state, this.state.thread, false);
  }

  /** Locks a thread, as moderators do: archived or not. */
  lock(locked = true): void {
    if (this.state.thread) setLocked(this.#world, this.state, this.state.thread, locked);
  }

  /** Deletes it with all that is in it. */
  remove(): void {
    removeChannel(this.#world, this.state);
  }

  #overwrite(
    whom: Person | Application | Role,
    change: { readonly allow: bigint; readonly deny: bigint },
  ): void {
    const isRole = 'permissions' in whom;
    const id = 'user' in whom ? whom.user.id : whom.id;
    const { overwrites } = this.state;
    const present = overwrites.get(id) ?? { id, kind: isRole ? 'role' : 'member', allow: 0n, deny: 0n };
    overwrites.set(id, {
      ...present,
      allow: (present.allow & ~change.deny) | change.allow,
      deny: (present.deny & ~change.allow) | change.deny,
    });
    tellChannel(this.#world, this.state, 'CHANNEL_UPDATE');
    this.#world.changes.announce();
  }
}
