import type { BotCall } from './method.ts';
import type { Channel, ChannelKind } from './model.ts';
import { Refusal } from './refusal.ts';

const PREFIXES = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const satisfies Record<
  ChannelKind,
  string
>;

/** Scopes of one right over all kinds of channels: `channels:history`, `groups:history`, … */
export function scopesOf(right: 'read' | 'history' | 'write'): readonly string[] {
  return Object.values(PREFIXES).map((prefix) => `${prefix}:${right}`);
}

/** A channel that the bot may know of. Throws `channel_not_found`. */
export function visibleChannel(
  { args, workspace, installation }: BotCall,
  id = args.text('channel'),
): Channel {
  const channel = id === undefined ? undefined : workspace.channels.get(id);
  const member = channel?.members.has(installation.botUserId) ?? false;
  if (!channel || channel.deleted || (channel.kind !== 'public' && !member))
    throw new Refusal('channel_not_found');
  return channel;
}

/** A channel in which the token may do this. Throws `channel_not_found`, `missing_scope`. */
export function readableChannel(call: BotCall, right: 'read' | 'history'): Channel {
  const channel = visibleChannel(call);
  requireScope(call, `${PREFIXES[channel.kind]}:${right}`);
  return channel;
}

/** Throws `not_in_channel`. */
export function requireMember(call: BotCall, channel: Channel): void {
  if (!channel.members.has(call.installation.botUserId)) throw new Refusal('not_in_channel');
}

/** Throws `missing_scope`. */
export function requireScope({ installation }: BotCall, scope: string): void {
  if (installation.scopes.includes(scope)) return;
  throw new Refusal('missing_scope', { needed: scope, provided: installation.scopes.join(',') });
}

/**
 * The channel to write into: also a person's id, which means their direct conversation.
 * Throws `channel_not_found`, `is_archived`, `not_in_channel`, `restricted_action…`.
 */
export function writableChannel(
  call: BotCall,
  options: { threadTs: string | undefined; membersOnly: boolean },
): Channel {
  const { args, workspace, installation } = call;
  const id = args.text('channel');
  const channel =
    id !== undefined && workspace.users.has(id)
      ? workspace.directChannel([id, installation.botUserId])
      : visibleChannel(call);
  if (channel.archived) throw new Refusal('is_archived');
  const uninvited =
    channel.kind === 'public' && !options.membersOnly && installation.scopes.includes('chat:write.public');
  if (!uninvited) requireMember(call, channel);
  const refusal = {
    anyone: undefined,
    nobody: 'restricted_action',
    read_only: 'restricted_action_read_only_channel',
    thread_only: options.threadTs === undefined ? 'restricted_action_thread_only_channel' : undefined,
    non_threadable: options.threadTs === undefined ? undefined : 'restricted_action_non_threadable_channel',
  }[channel.posting];
  if (refusal !== undefined) throw new Refusal(refusal);
  return channel;
}
