import { checkMessageBlocks } from '../block-check.ts';
import { requireMember, visibleChannel, writableChannel } from '../channel-access.ts';
import { type JsonObject, objectsOf } from '../json.ts';
import { LIMITS } from '../limits.ts';
import { messageView } from '../message-view.ts';
import { checkMetadata } from '../metadata-check.ts';
import { type BotCall, botMethod, type MethodTable } from '../method.ts';
import type { Channel, Message } from '../model.ts';
import { deleteMessage, editMessage, postMessage } from '../posting.ts';
import { Refusal } from '../refusal.ts';
import { messageIn } from '../workspace.ts';

const CONTENT = [
  'channel',
  'text',
  'blocks',
  'attachments',
  'metadata',
  'parse',
  'link_names',
  'markdown_text',
];
const POST = [
  'thread_ts',
  'reply_broadcast',
  'mrkdwn',
  'unfurl_links',
  'unfurl_media',
  'username',
  'icon_emoji',
  'icon_url',
];

/** Writing, changing and deleting messages. */
export const chatMethods: MethodTable = {
  'chat.postMessage': botMethod(
    'unlimited',
    ['chat:write', 'chat:write.public'],
    [...CONTENT, ...POST, 'client_msg_id'],
    post,
  ),
  'chat.update': botMethod(
    'tier3',
    ['chat:write'],
    [...CONTENT, 'ts', 'as_user', 'file_ids', 'reply_broadcast'],
    update,
  ),
  'chat.delete': botMethod('tier3', ['chat:write'], ['channel', 'ts', 'as_user'], remove),
  'chat.postEphemeral': botMethod(
    'tier4',
    ['chat:write'],
    [...CONTENT, ...POST, 'user', 'as_user'],
    postEphemeral,
  ),
  'chat.getPermalink': botMethod('unlimited', [], ['channel', 'message_ts'], permalink),
};

function post(call: BotCall): JsonObject {
  const { args, world, workspace } = call;
  const threadTs = args.text('thread_ts');
  const channel = writableChannel(call, { threadTs, membersOnly: false });
  const { text, blocks } = content(call);
  const message = postMessage(world, workspace, channel, {
    ...author(call),
    // Longer texts are cut off, not refused.
    text: text.slice(0, LIMITS.messageText),
    blocks,
    threadTs,
    broadcast: args.flag('reply_broadcast'),
    metadata: checkMetadata(args.json('metadata')),
  });
  return {
    channel: channel.id,
    ts: message.ts,
    message: messageView(workspace, message, { origin: world.origin, metadata: true }),
    ...(text.length > LIMITS.messageText ? { warning: 'message_truncated' } : {}),
  };
}

function postEphemeral(call: BotCall): JsonObject {
  const { args, world, workspace } = call;
  const threadTs = args.text('thread_ts');
  const channel = writableChannel(call, { threadTs, membersOnly: true });
  const user = args.required('user');
  if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
  const { text, blocks } = content(call);
  const message = postMessage(world, workspace, channel, {
    ...author(call),
    text: text.slice(0, LIMITS.messageText),
    blocks,
    threadTs,
    onlyFor: user,
  });
  return { message_ts: message.ts };
}

function update(call: BotCall): JsonObject {
  const { args, world, workspace } = call;
  const channel = visibleChannel(call);
  const message = ownMessage(call, channel, 'cant_update_message');
  const text = args.text('text') ?? args.text('markdown_text');
  if ((text?.length ?? 0) > LIMITS.updatedText) throw new Refusal('msg_too_long');
  const blocks = args.json('blocks') === undefined ? undefined : checkMessageBlocks(args.json('blocks'));
  const files = args.json('file_ids');
  if (text === undefined && blocks === undefined && files === undefined) throw new Refusal('no_text');
  if (channel.archived) throw new Refusal('is_archived');
  const window = workspace.policy.editWindowMs;
  const age = world.clock.now() - (message.versions[0]?.at ?? 0);
  if (window !== undefined && age > window) throw new Refusal('edit_window_closed');
  const metadata = checkMetadata(args.json('metadata'));
  editMessage(world, workspace, channel, message, {
    text,
    blocks,
    metadata,
    by: call.installation.botUserId,
  });
  return {
    channel: channel.id,
    ts: message.ts,
    text: message.text,
    message: messageView(workspace, message, { origin: world.origin, metadata: true }),
  };
}

function remove(call: BotCall): JsonObject {
  const channel = visibleChannel(call);
  const message = ownMessage(call, channel, 'cant_delete_message');
  deleteMessage(call.world, call.workspace, channel, message);
  return { channel: channel.id, ts: message.ts };
}

function permalink(call: BotCall): JsonObject {
  const channel = visibleChannel(call);
  const ts = call.args.required('message_ts');
  if (!messageIn(channel, ts)) throw new Refusal('message_not_found');
  const address = `${call.world.origin}/archives/${channel.id}/p${ts.replace('.', '')}`;
  return { channel: channel.id, permalink: address };
}

function author({ installation, app }: BotCall): { user: string; botId: string; appId: string } {
  return { user: installation.botUserId, botId: installation.botId, appId: app.id };
}

/** Text and blocks; one of them must be there. */
function content({ args }: BotCall): { text: string; blocks: readonly JsonObject[] } {
  const markdown = args.text('markdown_text');
  if (markdown !== undefined && (args.text('text') !== undefined || args.json('blocks') !== undefined)) {
    throw new Refusal('markdown_text_conflict');
  }
  if ((markdown?.length ?? 0) > 12_000) throw new Refusal('msg_too_long');
  const blocks = checkMessageBlocks(args.json('blocks'));
  const text = markdown ?? args.text('text') ?? '';
  if (text === '' && blocks.length === 0 && objectsOf(args.json('attachments')).length === 0) {
    throw new Refusal('no_text');
  }
  return { text, blocks };
}

/** Only the author changes a message; nobody changes an ephemeral one. */
function ownMessage(call: BotCall, channel: Channel, foreign: string): Message {
  const message = messageIn(channel, call.args.required('ts'));
  if (!message || message.onlyFor !== undefined || message.tombstone) throw new Refusal('message_not_found');
  if (message.botId !== call.installation.botId) throw new Refusal(foreign);
  if (channel.kind !== 'public') requireMember(call, channel);
  return message;
}
