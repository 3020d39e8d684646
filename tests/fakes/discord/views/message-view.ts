import type { JsonObject } from '../../slack/json.ts';
import { linkTo } from '../cdn.ts';
import type { Attachment, Message } from '../model.ts';
import { MESSAGE_FLAGS } from '../numbers.ts';
import { messageIn } from '../state.ts';
import type { World } from '../world.ts';
import { channelView } from './channel-view.ts';
import { memberView, userView } from './user-view.ts';

/** A message as the bot with this user gets it, content included. */
export function messageView(world: World, message: Message, viewer: string): JsonObject {
  const { state } = world;
  const thread = state.channels.get(message.id);
  return {
    ...referenceFields(world, message, viewer),
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: userView(state.user(message.authorId)),
    content: message.content,
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
    tts: false,
    mention_everyone: message.mentionEveryone,
    mentions: message.mentions.map((id) => userView(state.user(id))),
    mention_roles: message.mentionRoles,
    attachments: message.attachments
      .filter((each) => !each.embedded)
      .map((each) => attachmentView(world, each)),
    embeds: message.embeds.map((each) => embedView(world, message, each)),
    components: message.components,
    pinned: false,
    flags: message.flags,
    ...(message.applicationId === undefined ? {} : { application_id: message.applicationId }),
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.reactions.size === 0 ? {} : { reactions: reactionsView(message, viewer) }),
    ...(message.interaction
      ? {
          interaction_metadata: {
            id: message.interaction.id,
            type: message.interaction.type,
            user: userView(state.user(message.interaction.userId)),
            authorizing_integration_owners: {},
          },
        }
      : {}),
    ...(thread && !thread.deleted && (message.flags & MESSAGE_FLAGS.HAS_THREAD) !== 0
      ? { thread: channelView(state, thread, viewer) }
      : {}),
  };
}

/** What only events have: the guild and the author as its member. */
export function eventFields(world: World, message: Message): JsonObject {
  const channel = world.state.channel(message.channelId);
  if (channel.guildId === undefined) return { channel_type: channel.type };
  const member = world.state.guild(channel.guildId).members.get(message.authorId);
  return {
    guild_id: channel.guildId,
    channel_type: channel.type,
    ...(member ? { member: memberView(member) } : {}),
  };
}

/** The same message for a bot that may not read what people write. */
export function withoutContent(view: JsonObject): JsonObject {
  const snapshots = 'message_snapshots' in view ? { message_snapshots: [] } : {};
  return { ...view, content: '', embeds: [], attachments: [], components: [], ...snapshots };
}

/** Whether a bot without the intent may read it all the same: its own, those that mention it, direct ones. */
export function isReadable(world: World, message: Message, viewer: string): boolean {
  return (
    message.authorId === viewer ||
    message.mentions.includes(viewer) ||
    world.state.channel(message.channelId).guildId === undefined
  );
}

export function attachmentView(world: World, attachment: Attachment): JsonObject {
  const url = linkTo(world, attachment);
  return {
    id: attachment.id,
    filename: attachment.name,
    size: attachment.size,
    url,
    proxy_url: url,
    content_type: attachment.contentType,
    ...(attachment.description === undefined ? {} : { description: attachment.description }),
    ...(attachment.ephemeral ? { ephemeral: true } : {}),
  };
}

/** `attachment://name` becomes the link of that file. */
function embedView(world: World, message: Message, embed: JsonObject): JsonObject {
  const fields = Object.entries(embed).map(([key, value]) => {
    const name = embeddedName(value);
    const file = message.attachments.find((each) => each.name === name);
    return [key, file ? { url: linkTo(world, file), proxy_url: linkTo(world, file) } : value];
  });
  return { type: 'rich', ...Object.fromEntries(fields) };
}

/** The file that this part of an embed shows. */
export function embeddedName(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('url' in part) || typeof part.url !== 'string')
    return undefined;
  return part.url.startsWith('attachment://') ? part.url.slice('attachment://'.length) : undefined;
}

function referenceFields(world: World, message: Message, viewer: string): JsonObject {
  if (!message.reference) return {};
  const { channelId, messageId, isForward = false } = message.reference;
  const channel = world.state.channel(channelId);
  const target = messageIn(channel, messageId);
  const guild = channel.guildId === undefined ? {} : { guild_id: channel.guildId };
  if (isForward) {
    return {
      message_reference: { type: 1, channel_id: channelId, message_id: messageId, ...guild },
      message_snapshots: target === undefined ? [] : [{ message: snapshot(world, target, viewer) }],
    };
  }
  return {
    message_reference: {
      type: 0,
      channel_id: channelId,
      message_id: messageId,
      ...guild,
    },
    referenced_message: target && !target.reference ? messageView(world, target, viewer) : null,
  };
}

/** What a forward shows of a message: neither its author nor its ids. */
function snapshot(world: World, message: Message, viewer: string): JsonObject {
  const view = messageView(world, message, viewer);
  const shown = ['content', 'attachments', 'embeds', 'components', 'mentions', 'mention_roles', 'timestamp'];
  return Object.fromEntries([...shown, 'edited_timestamp', 'flags', 'type'].map((key) => [key, view[key]]));
}

function reactionsView(message: Message, viewer: string): readonly JsonObject[] {
  return [...message.reactions].map(([name, users]) => ({
    count: users.size,
    count_details: { burst: 0, normal: users.size },
    me: users.has(viewer),
    me_burst: false,
    emoji: { id: null, name },
    burst_colors: [],
  }));
}
