import type { JsonObject } from '../../slack/json.ts';
import type { Channel, ThreadState } from '../model.ts';
import { CHANNEL_TYPES, MESSAGE_TYPES } from '../numbers.ts';
import { timeOfSnowflake } from '../snowflakes.ts';
import type { State } from '../state.ts';
import { userView } from './user-view.ts';

/** A channel as `viewer` (a bot's user) gets it. */
export function channelView(state: State, channel: Channel, viewer: string): JsonObject {
  const base = {
    id: channel.id,
    type: channel.type,
    last_message_id: channel.messages.findLast((each) => each.onlyFor === undefined)?.id ?? null,
    flags: 0,
  };
  if (channel.guildId === undefined) {
    const others = channel.recipients.filter((id) => id !== viewer);
    return { ...base, recipients: others.map((id) => userView(state.user(id))) };
  }
  const inGuild = { ...base, guild_id: channel.guildId, name: channel.name, rate_limit_per_user: 0 };
  if (channel.thread) {
    return { ...inGuild, parent_id: channel.parentId, ...threadFields(channel, channel.thread, viewer) };
  }
  return {
    ...inGuild,
    parent_id: null,
    position: 0,
    topic: null,
    nsfw: false,
    permission_overwrites: [...channel.overwrites.values()].map((each) => ({
      id: each.id,
      type: each.kind === 'role' ? 0 : 1,
      allow: String(each.allow),
      deny: String(each.deny),
    })),
  };
}

export function threadMemberView(channel: Channel, userId: string): JsonObject {
  return {
    id: channel.id,
    user_id: userId,
    join_timestamp: new Date(timeOfSnowflake(channel.id)).toISOString(),
    flags: 0,
  };
}

function threadFields(channel: Channel, thread: ThreadState, viewer: string): JsonObject {
  const count = channel.messages.filter(
    (each) => each.deletedAt === undefined && each.type !== MESSAGE_TYPES.THREAD_STARTER,
  ).length;
  return {
    owner_id: thread.ownerId,
    message_count: count,
    total_message_sent: count,
    member_count: thread.members.size,
    thread_metadata: {
      archived: thread.archived,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: new Date(thread.archiveTimestamp).toISOString(),
      locked: thread.locked,
      create_timestamp: new Date(timeOfSnowflake(channel.id)).toISOString(),
      ...(channel.type === CHANNEL_TYPES.PRIVATE_THREAD ? { invitable: thread.invitable } : {}),
    },
    ...(thread.members.has(viewer) ? { member: threadMemberView(channel, viewer) } : {}),
  };
}
