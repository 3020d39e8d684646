import { fileStub, fileView } from './file-view.ts';
import type { JsonObject } from './json.ts';
import type { Message } from './model.ts';
import { timestampOf } from './timestamps.ts';
import { repliesOf, type Workspace } from './workspace.ts';

interface MessageViewOptions {
  readonly origin: string;
  readonly metadata?: boolean;
  /** Files of other organisations come as stubs, as events have them. */
  readonly stubs?: boolean;
}

/** A message as the Web API and events show it. */
export function messageView(workspace: Workspace, message: Message, options: MessageViewOptions): JsonObject {
  const { channel } = message;
  if (message.tombstone) {
    return {
      type: 'message',
      subtype: 'tombstone',
      user: 'USLACKBOT',
      text: 'This message was deleted.',
      hidden: true,
      ts: message.ts,
      ...threadFields(workspace, message),
    };
  }
  const files = message.fileIds.flatMap((id) => {
    const file = workspace.files.get(id);
    if (!file) return [];
    return [options.stubs && file.external ? fileStub(file) : fileView(workspace, file, options.origin)];
  });
  const edited = message.editedAt;
  return {
    type: 'message',
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    user: message.user,
    ts: message.ts,
    ...(message.botId === undefined
      ? {}
      : { bot_id: message.botId, app_id: message.appId, bot_profile: botProfile(workspace, message) }),
    text: message.text,
    team: workspace.users.get(message.user)?.teamId ?? workspace.id,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(files.length > 0 ? { files, upload: true, display_as_bot: false } : {}),
    ...(edited === undefined ? {} : { edited: { user: message.editedBy, ts: timestampOf(edited * 1000) } }),
    ...(options.metadata && message.metadata ? { metadata: message.metadata } : {}),
    ...(message.reactions.size > 0 ? { reactions: reactionsView(message) } : {}),
    ...threadFields(workspace, message),
    ...(channel.startsWith('D') ? {} : { parent_user_id: parentUser(workspace, message) }),
  };
}

function parentUser(workspace: Workspace, message: Message): string | undefined {
  if (message.threadTs === undefined || message.threadTs === message.ts) return undefined;
  return workspace.channels.get(message.channel)?.messages.find((each) => each.ts === message.threadTs)?.user;
}

function threadFields(workspace: Workspace, message: Message): JsonObject {
  if (message.threadTs !== undefined && message.threadTs !== message.ts)
    return { thread_ts: message.threadTs };
  const channel = workspace.channels.get(message.channel);
  const replies = channel ? repliesOf(channel, message.ts) : [];
  if (replies.length === 0) return {};
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: new Set(replies.map((reply) => reply.user)).size,
    latest_reply: replies.at(-1)?.ts,
    reply_users: [...new Set(replies.map((reply) => reply.user))],
    is_locked: false,
    subscribed: false,
  };
}

function reactionsView(message: Message): readonly JsonObject[] {
  return [...message.reactions].map(([name, users]) => ({ name, users: [...users], count: users.size }));
}

function botProfile(workspace: Workspace, message: Message): JsonObject {
  const name = workspace.users.get(message.user)?.name ?? '';
  return { id: message.botId, app_id: message.appId, name, deleted: false, team_id: workspace.id };
}
