import type { JsonObject } from '../slack/json.ts';
import type { Channel, Guild, Message } from './model.ts';
import { may } from './permissions.ts';
import type { World } from './world.ts';

interface Mentions {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
}

/** Who a text mentions, as far as `allowed_mentions` lets it; everybody whom it names without that. */
export function mentionsIn(
  world: World,
  channel: Channel,
  text: string,
  options: { readonly author: string; readonly allowed: JsonObject | undefined; readonly repliedTo?: string },
): Mentions {
  const { author, allowed, repliedTo } = options;
  const guild = channel.guildId === undefined ? undefined : world.state.guild(channel.guildId);
  const parses = (what: string) =>
    allowed === undefined || (Array.isArray(allowed['parse']) && allowed['parse'].includes(what));
  const named = (key: string, id: string) =>
    allowed !== undefined && Array.isArray(allowed[key]) && allowed[key].includes(id);
  const users = [...text.matchAll(/<@!?(\d{17,20})>/g)].map(([, id = '']) => id);
  const roles = [...text.matchAll(/<@&(\d{17,20})>/g)].map(([, id = '']) => id);
  const pingsReplied = allowed === undefined || allowed['replied_user'] === true;
  return {
    users: unique([
      ...users.filter((id) => world.state.users.has(id) && (parses('users') || named('users', id))),
      ...(repliedTo !== undefined && pingsReplied ? [repliedTo] : []),
    ]),
    roles: unique(roles.filter((id) => guild?.roles.has(id) && (parses('roles') || named('roles', id)))),
    everyone:
      /@(everyone|here)\b/.test(text) &&
      parses('everyone') &&
      may(world.state, channel, author, 'MENTION_EVERYONE'),
  };
}

/** Makes the sound at everybody who is mentioned in a new message. */
export function ping(world: World, channel: Channel, message: Message): void {
  const guild = channel.guildId === undefined ? undefined : world.state.guild(channel.guildId);
  const reached = unique([...message.mentions, ...(guild ? membersPinged(guild, message) : [])]);
  for (const userId of reached) {
    if (userId === message.authorId) continue;
    world.state.pings.push({
      userId,
      channelId: channel.id,
      messageId: message.id,
      at: message.createdAt,
    });
    channel.thread?.members.add(userId);
  }
}

function membersPinged(guild: Guild, message: Message): readonly string[] {
  return [...guild.members.values()]
    .filter(({ roles }) => message.mentionEveryone || message.mentionRoles.some((id) => roles.has(id)))
    .map(({ userId }) => userId);
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
