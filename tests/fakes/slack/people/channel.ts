import type { Installation } from '../app.ts';
import { sendEvent, sendToMembers } from '../events.ts';
import type { Channel } from '../model.ts';
import type { Workspace } from '../workspace.ts';
import type { World } from '../world.ts';
import type { Person } from './person.ts';
import { type SeenMessage, seenMessages } from './seen.ts';

/** A channel, for tests to look into and to change. */
export class SlackChannel {
  /** `posting`, `archived` and `shared` may be set. */
  readonly state: Channel;
  readonly #world: World;
  readonly #workspace: Workspace;

  constructor(world: World, workspace: Workspace, state: Channel) {
    this.#world = world;
    this.#workspace = workspace;
    this.state = state;
  }

  get id(): string {
    return this.state.id;
  }

  get name(): string {
    return this.state.name;
  }

  /** What everybody sees in it, without the replies in threads. */
  get timeline(): readonly SeenMessage[] {
    return seenMessages(this.#workspace, this.state);
  }

  /** A root and its replies, as everybody sees them. */
  thread(root: SeenMessage | string): readonly SeenMessage[] {
    const thread = typeof root === 'string' ? root : (root.threadTs ?? root.ts);
    return seenMessages(this.#workspace, this.state, { thread });
  }

  /** The present state of a message; undefined when it is gone. */
  now(message: SeenMessage | string): SeenMessage | undefined {
    const ts = typeof message === 'string' ? message : message.ts;
    const viewer = this.state.messages.find((each) => each.ts === ts)?.onlyFor;
    const thread = this.state.messages.find((each) => each.ts === ts)?.threadTs;
    return seenMessages(this.#workspace, this.state, { viewer, thread }).find((each) => each.ts === ts);
  }

  /** Resolves with the first message (of a thread, of the channel) that fits. */
  async shows(
    fits: (message: SeenMessage) => boolean,
    options: { readonly thread?: SeenMessage | string; readonly viewer?: Person } = {},
  ): Promise<SeenMessage> {
    const { thread: root, viewer } = options;
    const thread = typeof root === 'object' ? (root.threadTs ?? root.ts) : root;
    return await this.#world.changes.until(() =>
      seenMessages(this.#workspace, this.state, { thread, viewer: viewer?.id }).find(fits),
    );
  }

  /** Adds a person or a bot. */
  invite(who: Person | Installation): void {
    const user = userOf(who);
    this.state.members.add(user);
    this.#membership('member_joined_channel', user);
  }

  /** Removes a person or a bot. */
  kick(who: Person | Installation): void {
    const user = userOf(who);
    this.#membership('member_left_channel', user);
    this.state.members.delete(user);
  }

  archive(): void {
    this.state.archived = true;
    this.#tell('channel_archive');
  }

  /** Deletes it with all that is in it. */
  remove(): void {
    this.#tell('channel_deleted');
    this.state.deleted = true;
    this.#world.changes.announce();
  }

  #membership(type: 'member_joined_channel' | 'member_left_channel', user: string): void {
    sendToMembers(this.#world, this.#workspace, this.state, type, {
      type,
      user,
      channel: this.id,
      channel_type: this.state.kind === 'public' ? 'C' : 'G',
      team: this.#workspace.id,
    });
    this.#world.changes.announce();
  }

  #tell(type: 'channel_archive' | 'channel_deleted'): void {
    for (const app of this.#world.apps) {
      const installation = app.installationIn(this.#workspace);
      if (!installation || !this.state.members.has(installation.botUserId)) continue;
      sendEvent(this.#world, installation, type, { type, channel: this.id }, this.state);
    }
    this.#world.changes.announce();
  }
}

function userOf(who: Person | Installation): string {
  return 'botUserId' in who ? who.botUserId : who.id;
}
