import type { JsonObject } from '../slack/json.ts';
import type { SentFile } from './call-log.ts';
import type { Draft } from './checks/message-check.ts';
import { attachmentsAfter } from './files.ts';
import { tellDeleted, tellMessage } from './gateway/events.ts';
import { mentionsIn, ping } from './mentions.ts';
import type { Attachment, Channel, Message, MessageInteraction } from './model.ts';
import { MESSAGE_FLAGS, MESSAGE_TYPES } from './numbers.ts';
import { refuse } from './refusal.ts';
import { messageIn } from './state.ts';
import { touchThread } from './thread-state.ts';
import { embeddedName } from './views/message-view.ts';
import type { World } from './world.ts';

interface NewMessage {
  readonly author: string;
  readonly content: string;
  readonly embeds?: readonly JsonObject[];
  readonly components?: readonly JsonObject[];
  readonly attachments?: readonly Attachment[];
  readonly flags?: number;
  readonly type?: number;
  readonly nonce?: string | number | undefined;
  readonly allowedMentions?: JsonObject | undefined;
  readonly applicationId?: string;
  readonly onlyFor?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly reference?: Message['reference'];
  readonly interaction?: MessageInteraction;
}

/** A new message, with everything that follows from it: pings, events, a thread that wakes up. */
export function addMessage(world: World, channel: Channel, facts: NewMessage): Message {
  const { onlyFor, replyTo } = facts;
  const replied = replyTo === undefined ? undefined : messageIn(channel, replyTo);
  const mentions = mentionsIn(world, channel, facts.content, {
    author: facts.author,
    allowed: facts.allowedMentions,
    ...(replied ? { repliedTo: replied.authorId } : {}),
  });
  const at = world.clock.now();
  const message: Message = {
    id: world.state.ids.next(),
    channelId: channel.id,
    authorId: facts.author,
    applicationId: facts.applicationId,
    type: facts.type ?? (replied ? MESSAGE_TYPES.REPLY : MESSAGE_TYPES.DEFAULT),
    createdAt: at,
    nonce: facts.nonce,
    onlyFor,
    reference: replied ? { channelId: channel.id, messageId: replied.id } : facts.reference,
    interaction: facts.interaction,
    content: facts.content,
    embeds: facts.embeds ?? [],
    components: facts.components ?? [],
    attachments: facts.attachments ?? [],
    flags: facts.flags ?? 0,
    mentions: mentions.users,
    mentionRoles: mentions.roles,
    mentionEveryone: mentions.everyone,
    editedAt: undefined,
    deletedAt: undefined,
    reactions: new Map(),
    versions: [],
  };
  settle(message, at);
  channel.messages.push(message);
  if (onlyFor === undefined) {
    touchThread(world, channel, facts.author);
    if ((message.flags & MESSAGE_FLAGS.LOADING) === 0) ping(world, channel, message);
  }
  tellMessage(world, channel, message, 'MESSAGE_CREATE');
  world.changes.announce();
  return message;
}

/** A new message as a bot drafted it. Throws 50006 where it says nothing. */
export function addDraft(
  world: World,
  channel: Channel,
  draft: Draft,
  files: readonly SentFile[],
  facts: Pick<NewMessage, 'author' | 'type' | 'applicationId' | 'onlyFor' | 'interaction' | 'replyTo'>,
): Message {
  const ephemeral = facts.onlyFor !== undefined;
  const isEmpty = !draft.content && !draft.embeds?.length && !draft.components?.length && files.length === 0;
  if (isEmpty) throw refuse.emptyMessage();
  const attachments = attachmentsAfter(world, channel, { draft, files, present: [], ephemeral });
  return addMessage(world, channel, {
    ...facts,
    content: draft.content ?? '',
    embeds: draft.embeds ?? [],
    components: draft.components ?? [],
    attachments,
    flags: draft.flags | (ephemeral ? MESSAGE_FLAGS.EPHEMERAL : 0),
    nonce: draft.nonce,
    allowedMentions: draft.allowedMentions,
  });
}

/** Changes what the draft speaks of. Edits ping nobody, except the first one of a deferred answer. Throws 50006. */
export function editMessage(
  world: World,
  channel: Channel,
  message: Message,
  draft: Draft,
  files: readonly SentFile[],
): void {
  const wasLoading = (message.flags & MESSAGE_FLAGS.LOADING) !== 0;
  const attachments = attachmentsAfter(world, channel, {
    draft,
    files,
    present: message.attachments,
    ephemeral: message.onlyFor !== undefined,
  });
  const content = draft.content ?? message.content;
  const embeds = draft.embeds ?? message.embeds;
  const components = draft.components ?? message.components;
  if (content === '' && embeds.length === 0 && components.length === 0 && attachments.length === 0) {
    throw refuse.emptyMessage();
  }
  const mentions = mentionsIn(world, channel, content, {
    author: message.authorId,
    allowed: draft.allowedMentions,
  });
  message.content = content;
  message.embeds = embeds;
  message.components = components;
  message.attachments = attachments;
  message.flags = (message.flags | draft.flags) & ~MESSAGE_FLAGS.LOADING;
  message.mentions = mentions.users;
  message.mentionRoles = mentions.roles;
  message.mentionEveryone = mentions.everyone;
  const now = world.clock.now();
  if (!wasLoading) message.editedAt = now;
  settle(message, now);
  if (wasLoading && message.onlyFor === undefined) ping(world, channel, message);
  tellMessage(world, channel, message, 'MESSAGE_UPDATE');
  world.changes.announce();
}

export function deleteMessage(world: World, channel: Channel, message: Message): void {
  message.deletedAt = world.clock.now();
  for (const each of message.attachments) each.deleted = true;
  tellDeleted(world, channel, message);
  world.changes.announce();
}

/** Notes the version, and which files are shown within embeds or components. */
function settle(message: Message, at: number): void {
  const shown = new Set(message.embeds.flatMap((each) => Object.values(each).map(embeddedName)));
  for (const each of message.attachments) each.embedded = shown.has(each.name);
  message.versions.push({
    at,
    content: message.content,
    embeds: message.embeds,
    components: message.components,
    files: message.attachments.map((each) => each.name),
  });
}
