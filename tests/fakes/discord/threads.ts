import { invalid } from './checks/complaints.ts';
import { tellChannel, tellMessage } from './gateway/events.ts';
import { LIMITS } from './limits.ts';
import type { Channel, Message, ThreadState } from './model.ts';
import { CHANNEL_TYPES, MESSAGE_FLAGS, MESSAGE_TYPES } from './numbers.ts';
import { addMessage } from './posting.ts';
import { refuse } from './refusal.ts';
import type { World } from './world.ts';

const ARCHIVE_MINUTES: readonly unknown[] = [60, 1_440, 4_320, 10_080];

export interface NewThread {
  readonly name: string;
  readonly owner: string;
  readonly autoArchiveMinutes?: unknown;
  readonly type?: unknown;
  readonly invitable?: boolean;
  /** The message that it hangs on: then it has the message's id. */
  readonly message?: Message;
}

/** Opens a thread. Throws 50035, 160004, 160006, and 50001 where the channel cannot have one. */
export function openThread(world: World, channel: Channel, facts: NewThread): Channel {
  const { message } = facts;
  const { state } = world;
  if (channel.type !== CHANNEL_TYPES.TEXT) throw refuse.missingAccess();
  if (message && state.channels.has(message.id)) throw refuse.threadExists();
  if (facts.name.length < 1 || facts.name.length > LIMITS.threadName) {
    throw invalid('name', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${LIMITS.threadName} in length.`);
  }
  const minutes = facts.autoArchiveMinutes ?? 4_320;
  if (!ARCHIVE_MINUTES.includes(minutes)) {
    throw invalid(
      'auto_archive_duration',
      'BASE_TYPE_CHOICES',
      'Value must be one of {60, 1440, 4320, 10080}.',
    );
  }
  const active = [...state.channels.values()].filter(
    (each) => each.guildId === channel.guildId && !each.deleted && each.thread?.archived === false,
  );
  if (active.length >= world.policy.maxActiveThreads) throw refuse.tooManyThreads();
  const now = world.clock.now();
  const thread: ThreadState = {
    archived: false,
    locked: false,
    autoArchiveMinutes: Number(minutes),
    archiveTimestamp: now,
    activeAt: now,
    ownerId: facts.owner,
    members: new Set([facts.owner]),
    invitable: facts.invitable ?? true,
  };
  const opened = state.addChannel({
    ...(message ? { id: message.id } : {}),
    type: threadType(facts),
    guildId: channel.guildId,
    name: facts.name,
    parentId: channel.id,
    thread,
  });
  tellChannel(world, opened, 'THREAD_CREATE', { newly_created: true });
  if (message) announce(world, channel, opened, message);
  world.changes.announce();
  return opened;
}

function threadType({ message, type }: NewThread): number {
  if (message) return CHANNEL_TYPES.PUBLIC_THREAD;
  // Without a message and without a word of the type: private.
  if (type === undefined) return CHANNEL_TYPES.PRIVATE_THREAD;
  if (type === CHANNEL_TYPES.PUBLIC_THREAD || type === CHANNEL_TYPES.PRIVATE_THREAD) return Number(type);
  throw invalid('type', 'BASE_TYPE_CHOICES', 'Value must be one of {10, 11, 12}.');
}

/** The message shows its thread, and the thread begins with the message. */
function announce(world: World, channel: Channel, opened: Channel, message: Message): void {
  message.flags |= MESSAGE_FLAGS.HAS_THREAD;
  tellMessage(world, channel, message, 'MESSAGE_UPDATE');
  const reference = { channelId: channel.id, messageId: message.id };
  const author = opened.thread?.ownerId ?? message.authorId;
  addMessage(world, opened, { author, content: '', type: MESSAGE_TYPES.THREAD_STARTER, reference });
  if (world.clock.now() - message.createdAt < world.policy.oldThreadMs) return;
  addMessage(world, channel, {
    author,
    content: opened.name,
    type: MESSAGE_TYPES.THREAD_CREATED,
    reference: { channelId: opened.id, messageId: opened.id },
  });
}
