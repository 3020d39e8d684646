import type { JsonObject } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import type { Channel, Guild, Message } from '../model.ts';
import { INTENTS } from '../numbers.ts';
import { may } from '../permissions.ts';
import { channelView } from '../views/channel-view.ts';
import { guildView } from '../views/guild-view.ts';
import { eventFields, isReadable, messageView, withoutContent } from '../views/message-view.ts';
import { memberWithUser, roleView } from '../views/user-view.ts';
import type { World } from '../world.ts';
import type { Session } from './session.ts';

/** MESSAGE_CREATE or MESSAGE_UPDATE to every bot that sees the channel; nothing of what only one person sees. */
export function tellMessage(
  world: World,
  channel: Channel,
  message: Message,
  type: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE',
): void {
  if (message.onlyFor !== undefined) return;
  world.gateway.dispatch({
    type,
    data: (session) => {
      if (!hearsMessages(world, channel, session)) return undefined;
      const viewer = session.app.user.id;
      const view = { ...messageView(world, message, viewer), ...eventFields(world, message) };
      return session.has(INTENTS.MESSAGE_CONTENT) || isReadable(world, message, viewer)
        ? view
        : withoutContent(view);
    },
  });
}

export function tellDeleted(world: World, channel: Channel, message: Message): void {
  if (message.onlyFor !== undefined) return;
  const guild = channel.guildId === undefined ? {} : { guild_id: channel.guildId };
  const data = { id: message.id, channel_id: channel.id, ...guild };
  world.gateway.dispatch({
    type: 'MESSAGE_DELETE',
    data: (session) => (hearsMessages(world, channel, session) ? data : undefined),
  });
}

export function tellReaction(
  world: World,
  channel: Channel,
  message: Message,
  reaction: { readonly type: 'ADD' | 'REMOVE'; readonly userId: string; readonly name: string },
): void {
  const direct = channel.guildId === undefined;
  const intent = direct ? INTENTS.DIRECT_MESSAGE_REACTIONS : INTENTS.GUILD_MESSAGE_REACTIONS;
  world.gateway.dispatch({
    type: `MESSAGE_REACTION_${reaction.type}`,
    data: (session) =>
      session.has(intent) && sees(world, channel, session)
        ? {
            user_id: reaction.userId,
            channel_id: channel.id,
            message_id: message.id,
            message_author_id: message.authorId,
            emoji: { id: null, name: reaction.name },
            burst: false,
            type: 0,
            ...(direct ? {} : { guild_id: channel.guildId }),
          }
        : undefined,
  });
}

type ChannelEvent =
  | 'CHANNEL_CREATE'
  | 'CHANNEL_UPDATE'
  | 'CHANNEL_DELETE'
  | 'THREAD_CREATE'
  | 'THREAD_UPDATE'
  | 'THREAD_DELETE';

export function tellChannel(world: World, channel: Channel, type: ChannelEvent, more: JsonObject = {}): void {
  world.gateway.dispatch({
    type,
    data: (session) =>
      session.has(INTENTS.GUILDS) && isMember(world, channel, session)
        ? { ...channelView(world.state, channel, session.app.user.id), ...more }
        : undefined,
  });
}

export function tellGuild(world: World, guild: Guild): void {
  world.gateway.dispatch({
    type: 'GUILD_UPDATE',
    data: (session) =>
      session.has(INTENTS.GUILDS) && guild.members.has(session.app.user.id) ? guildView(guild) : undefined,
  });
}

/** A guild appears for one bot, or is gone for it. */
export function tellMembership(
  world: World,
  app: Application,
  type: 'GUILD_CREATE' | 'GUILD_DELETE',
  data: JsonObject,
): void {
  world.gateway.dispatch({ type, data: (session) => (session.app === app ? data : undefined) });
}

export function tellMember(world: World, guild: Guild, userId: string, type: 'ADD' | 'UPDATE'): void {
  const member = guild.members.get(userId);
  if (!member) return;
  const data = { ...memberWithUser(world.state, member), guild_id: guild.id };
  world.gateway.dispatch({
    type: `GUILD_MEMBER_${type}`,
    data: (session) => {
      // A bot hears of itself also without the intent.
      const own = session.app.user.id === userId;
      const hears = session.has(INTENTS.GUILD_MEMBERS) && guild.members.has(session.app.user.id);
      return hears || (own && type === 'UPDATE') ? data : undefined;
    },
  });
}

export function tellRole(world: World, guild: Guild, roleId: string, type: 'CREATE' | 'UPDATE'): void {
  const role = guild.roles.get(roleId);
  if (!role) return;
  world.gateway.dispatch({
    type: `GUILD_ROLE_${type}`,
    data: (session) =>
      session.has(INTENTS.GUILDS) && guild.members.has(session.app.user.id)
        ? { guild_id: guild.id, role: roleView(role) }
        : undefined,
  });
}

function hearsMessages(world: World, channel: Channel, session: Session): boolean {
  const intent = channel.guildId === undefined ? INTENTS.DIRECT_MESSAGES : INTENTS.GUILD_MESSAGES;
  return session.has(intent) && sees(world, channel, session);
}

function sees(world: World, channel: Channel, session: Session): boolean {
  return may(world.state, channel, session.app.user.id, 'VIEW_CHANNEL');
}

function isMember(world: World, channel: Channel, session: Session): boolean {
  return channel.guildId !== undefined && world.state.guild(channel.guildId).members.has(session.app.user.id);
}
