import type { Channel, Message } from './model.ts';
import type { Permission } from './numbers.ts';
import { demand, may } from './permissions.ts';
import { refuse } from './refusal.ts';
import type { Call } from './route.ts';
import { messageIn } from './state.ts';

/** The channel of the address. Throws 10003, 50001, and 50013 where the bot lacks one of these. */
export function channelOf(call: Call, ...permissions: readonly Permission[]): Channel {
  const { world, app } = call;
  const channel = world.state.channels.get(call.param('channel'));
  if (!channel || channel.deleted) throw refuse.unknownChannel();
  demand(world.state, channel, app.user.id, ...permissions);
  return channel;
}

/** The message of the address. Throws 10008; ephemeral ones are not there. */
export function messageOf(call: Call, channel: Channel): Message {
  const message = messageIn(channel, call.param('message'));
  if (!message || message.onlyFor !== undefined) throw refuse.unknownMessage();
  return message;
}

/** What sending needs: in threads another permission than in channels. Throws 50013, 160005. */
export function demandSending(call: Call, channel: Channel): void {
  const { state } = call.world;
  const userId = call.app.user.id;
  demand(state, channel, userId, channel.thread ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES');
  if (channel.thread?.locked && !may(state, channel, userId, 'MANAGE_THREADS')) throw refuse.locked();
}

/** Throws 50083: in the archive nothing can be changed. */
export function demandUnarchived(channel: Channel): void {
  if (channel.thread?.archived) throw refuse.archived();
}
