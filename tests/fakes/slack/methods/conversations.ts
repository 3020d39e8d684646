import { readableChannel, requireMember, requireScope, scopesOf, visibleChannel } from '../channel-access.ts';
import { sendToMembers } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { messageView } from '../message-view.ts';
import { type BotCall, botMethod, type MethodTable } from '../method.ts';
import type { Channel, Message } from '../model.ts';
import { cursorOf, keyOf, page } from '../paging.ts';
import { Refusal } from '../refusal.ts';
import { microsecondsOf } from '../timestamps.ts';
import { isShown, messageIn, repliesOf } from '../workspace.ts';

const RANGE = ['channel', 'cursor', 'include_all_metadata', 'inclusive', 'latest', 'limit', 'oldest'];

/** Channels and what was written in them. */
export const conversationMethods: MethodTable = {
  'conversations.history': botMethod('tier3', scopesOf('history'), RANGE, history),
  'conversations.replies': botMethod('tier3', scopesOf('history'), [...RANGE, 'ts'], replies),
  'conversations.info': botMethod(
    'tier3',
    scopesOf('read'),
    ['channel', 'include_locale', 'include_num_members'],
    (call) => ({ channel: channelView(call, readableChannel(call, 'read')) }),
  ),
  'conversations.list': botMethod(
    'tier2',
    scopesOf('read'),
    ['cursor', 'exclude_archived', 'limit', 'team_id', 'types'],
    (call) => list(call, 'all'),
  ),
  'users.conversations': botMethod(
    'tier3',
    scopesOf('read'),
    ['cursor', 'exclude_archived', 'limit', 'team_id', 'types', 'user'],
    (call) => list(call, 'mine'),
  ),
  'conversations.members': botMethod('tier4', scopesOf('read'), ['channel', 'cursor', 'limit'], members),
  'conversations.open': botMethod(
    'tier3',
    ['im:write', 'mpim:write', 'channels:manage', 'groups:write'],
    ['channel', 'prevent_creation', 'return_im', 'users'],
    open,
  ),
  'conversations.join': botMethod('tier3', ['channels:join'], ['channel'], join),
};

function history(call: BotCall): JsonObject {
  const channel = readableChannel(call, 'history');
  requireMember(call, channel);
  const inChannel = channel.messages.filter(
    (each) => isPublic(each) && (each.threadTs === undefined || each.threadTs === each.ts || each.broadcast),
  );
  const found = inRange(call, inChannel).toReversed();
  return {
    ...messagePage(call, found, (each, key) => each.ts < key),
    pin_count: 0,
    channel_actions_ts: null,
    channel_actions_count: 0,
  };
}

function replies(call: BotCall): JsonObject {
  const channel = readableChannel(call, 'history');
  requireMember(call, channel);
  const asked = messageIn(channel, call.args.required('ts'));
  if (!asked || asked.onlyFor !== undefined) throw new Refusal('thread_not_found');
  const root = messageIn(channel, asked.threadTs ?? asked.ts);
  if (!root) throw new Refusal('thread_not_found');
  const found = inRange(call, repliesOf(channel, root.ts));
  // The root comes with every first page, whatever range was asked for.
  const first = call.args.text('cursor') === undefined ? [root] : [];
  return messagePage(call, [...first, ...found], (each, key) => each.ts > key);
}

/** A page whose cursor names the last message shown, so that new messages do not shift it. */
function messagePage(
  call: BotCall,
  found: readonly Message[],
  isBehind: (message: Message, key: string) => boolean,
): JsonObject {
  const limit = call.args.limit(100, 999);
  const cursor = call.args.text('cursor');
  const key = cursor === undefined ? undefined : keyOf(cursor);
  const rest = key === undefined ? found : found.filter((each) => isBehind(each, key));
  const shown = rest.slice(0, limit);
  const more = rest.length > limit;
  const metadata = call.args.flag('include_all_metadata');
  return {
    messages: shown.map((each) => messageView(call.workspace, each, { origin: call.world.origin, metadata })),
    has_more: more,
    response_metadata: { next_cursor: more ? cursorOf(shown.at(-1)?.ts ?? '') : '' },
  };
}

function inRange(call: BotCall, messages: readonly Message[]): readonly Message[] {
  const oldest = time(call, 'oldest') ?? 0;
  const latest = time(call, 'latest') ?? Number.POSITIVE_INFINITY;
  const inclusive = call.args.flag('inclusive');
  return messages.filter((each) => {
    const at = microsecondsOf(each.ts) ?? 0;
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

function time(call: BotCall, name: 'oldest' | 'latest'): number | undefined {
  const value = call.args.text(name);
  if (value === undefined || value === 'now') return undefined;
  const at = microsecondsOf(value);
  if (at === undefined) throw new Refusal(`invalid_ts_${name}`);
  return at;
}

function isPublic(message: Message): boolean {
  return isShown(message) && message.onlyFor === undefined;
}

function list(call: BotCall, which: 'all' | 'mine'): JsonObject {
  const kinds = (call.args.text('types') ?? 'public_channel').split(',').map((each) => each.trim());
  const names = { public: 'public_channel', private: 'private_channel', im: 'im', mpim: 'mpim' } as const;
  const unknown = kinds.filter((each) => !Object.values<string>(names).includes(each));
  if (unknown.length > 0) throw new Refusal('invalid_types');
  for (const kind of kinds) {
    const prefix = { public_channel: 'channels', private_channel: 'groups' }[kind] ?? kind;
    requireScope(call, `${prefix}:read`);
  }
  const found = [...call.workspace.channels.values()].filter((each) => {
    const member = each.members.has(call.installation.botUserId);
    return (
      !each.deleted &&
      kinds.includes(names[each.kind]) &&
      (member || (which === 'all' && each.kind === 'public')) &&
      !(each.archived && call.args.flag('exclude_archived'))
    );
  });
  const { items, next } = page(found, call.args.limit(100, 999), call.args.text('cursor'));
  return { channels: items.map((each) => channelView(call, each)), response_metadata: { next_cursor: next } };
}

function members(call: BotCall): JsonObject {
  const channel = readableChannel(call, 'read');
  const { items, next } = page([...channel.members], call.args.limit(100, 1000), call.args.text('cursor'));
  return { members: items, response_metadata: { next_cursor: next } };
}

function open(call: BotCall): JsonObject {
  const { args, workspace, installation } = call;
  if (args.text('channel') !== undefined) return { channel: { id: visibleChannel(call).id } };
  const users = args
    .required('users')
    .split(',')
    .map((each) => each.trim());
  if (users.some((id) => !workspace.users.has(id))) throw new Refusal('user_not_found');
  requireScope(call, users.length > 1 ? 'mpim:write' : 'im:write');
  const channel = workspace.directChannel([...users, installation.botUserId]);
  return { channel: args.flag('return_im') ? channelView(call, channel) : { id: channel.id } };
}

function join(call: BotCall): JsonObject {
  const channel = visibleChannel(call);
  if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
  if (channel.archived) throw new Refusal('is_archived');
  const { botUserId } = call.installation;
  if (!channel.members.has(botUserId)) {
    channel.members.add(botUserId);
    sendToMembers(call.world, call.workspace, channel, 'member_joined_channel', {
      type: 'member_joined_channel',
      user: botUserId,
      channel: channel.id,
      channel_type: 'C',
      team: call.workspace.id,
    });
    call.world.changes.announce();
  }
  return { channel: channelView(call, channel) };
}

function channelView({ installation, workspace, args }: BotCall, channel: Channel): JsonObject {
  const { kind } = channel;
  const other = [...channel.members].find((id) => id !== installation.botUserId);
  return {
    id: channel.id,
    ...(kind === 'im' ? { user: other } : { name: channel.name, name_normalized: channel.name }),
    is_channel: kind === 'public' || kind === 'private',
    is_group: false,
    is_im: kind === 'im',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_archived: channel.archived,
    is_general: false,
    is_member: channel.members.has(installation.botUserId),
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    created: Math.floor(channel.createdAt / 1000),
    creator: other,
    context_team_id: workspace.id,
    ...(args.flag('include_num_members') ? { num_members: channel.members.size } : {}),
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
