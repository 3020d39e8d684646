import { tellChannel } from './gateway/events.ts';
import type { Channel, ThreadState } from './model.ts';
import type { World } from './world.ts';

/** Somebody wrote in it: it leaves the archive, and its days count anew. */
export function touchThread(world: World, channel: Channel, author: string): void {
  const { thread } = channel;
  if (!thread) return;
  thread.activeAt = world.clock.now();
  thread.members.add(author);
  if (thread.archived) setArchived(world, channel, thread, false);
}

export function setArchived(world: World, channel: Channel, thread: ThreadState, archived: boolean): void {
  if (thread.archived === archived) return;
  thread.archived = archived;
  thread.archiveTimestamp = world.clock.now();
  if (!archived) thread.activeAt = world.clock.now();
  tellChannel(world, channel, 'THREAD_UPDATE');
  world.changes.announce();
}

export function setLocked(world: World, channel: Channel, thread: ThreadState, locked: boolean): void {
  if (thread.locked === locked) return;
  thread.locked = locked;
  tellChannel(world, channel, 'THREAD_UPDATE');
  world.changes.announce();
}

/** Archives what nobody has written in for as long as it asked for; edits are not writing. */
export function archiveQuietThreads(world: World): void {
  const now = world.clock.now();
  for (const channel of world.state.channels.values()) {
    const { thread } = channel;
    if (!thread || thread.archived || channel.deleted) continue;
    if (now - thread.activeAt >= thread.autoArchiveMinutes * 60_000)
      setArchived(world, channel, thread, true);
  }
}

/** Takes a channel or a thread away, with the threads in it. */
export function removeChannel(world: World, channel: Channel): void {
  for (const each of world.state.threadsOf(channel)) removeChannel(world, each);
  tellChannel(world, channel, channel.thread ? 'THREAD_DELETE' : 'CHANNEL_DELETE');
  channel.deleted = true;
  world.changes.announce();
}
