import { requireMember, visibleChannel } from '../channel-access.ts';
import { sendToMembers } from '../events.ts';
import type { JsonObject } from '../json.ts';
import { type BotCall, botMethod, type MethodTable } from '../method.ts';
import type { Channel, Message, User, UserGroup } from '../model.ts';
import { page } from '../paging.ts';
import { Refusal } from '../refusal.ts';
import { messageIn } from '../workspace.ts';

/** People, groups, bots, the workspace, reactions: what the bot asks about others. */
export const peopleMethods: MethodTable = {
  'auth.test': botMethod('unlimited', [], [], ({ workspace, installation, app, world }) => ({
    url: `${world.origin}/`,
    team: workspace.name,
    user: app.name,
    team_id: workspace.id,
    user_id: installation.botUserId,
    bot_id: installation.botId,
    is_enterprise_install: false,
  })),
  'team.info': botMethod('tier3', ['team:read'], ['domain', 'query', 'team'], ({ workspace, world }) => ({
    team: { id: workspace.id, name: workspace.name, domain: workspace.domain, url: `${world.origin}/` },
  })),
  'bots.info': botMethod('tier3', ['users:read'], ['bot', 'team_id'], botInfo),
  'users.info': botMethod('tier4', ['users:read'], ['include_locale', 'user'], (call) => ({
    user: userView(call, findUser(call)),
  })),
  'users.list': botMethod(
    'tier2',
    ['users:read'],
    ['cursor', 'include_locale', 'limit', 'team_id'],
    (call) => {
      const { items, next } = page(
        [...call.workspace.users.values()],
        call.args.limit(1000, 1000),
        call.args.text('cursor'),
      );
      return { members: items.map((user) => userView(call, user)), response_metadata: { next_cursor: next } };
    },
  ),
  'usergroups.list': botMethod(
    'tier2',
    ['usergroups:read'],
    ['include_count', 'include_disabled', 'include_users', 'team_id'],
    ({ workspace, args }) => ({
      usergroups: [...workspace.groups.values()].map((group) => groupView(group, args.flag('include_users'))),
    }),
  ),
  'usergroups.users.list': botMethod(
    'tier2',
    ['usergroups:read'],
    ['include_disabled', 'team_id', 'usergroup'],
    ({ workspace, args }) => {
      const group = workspace.groups.get(args.required('usergroup'));
      if (!group) throw new Refusal('no_such_subteam');
      return { users: [...group.members] };
    },
  ),
  'reactions.add': botMethod('tier3', ['reactions:write'], ['channel', 'name', 'timestamp'], addReaction),
  'reactions.remove': botMethod(
    'tier2',
    ['reactions:write'],
    ['channel', 'name', 'timestamp'],
    removeReaction,
  ),
};

function findUser({ args, workspace }: BotCall): User {
  const user = workspace.users.get(args.required('user'));
  if (!user) throw new Refusal('user_not_found');
  return user;
}

function userView({ workspace }: BotCall, user: User): JsonObject {
  const stranger = user.teamId !== workspace.id;
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted,
    tz: user.timeZone,
    profile: { real_name: user.realName, display_name: user.name, team: user.teamId },
    is_admin: user.isAdmin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.isRestricted,
    is_ultra_restricted: user.isUltraRestricted,
    is_bot: user.botId !== undefined,
    is_app_user: false,
    ...(stranger ? { is_stranger: true } : {}),
    updated: 0,
  };
}

function groupView(group: UserGroup, users: boolean): JsonObject {
  return {
    id: group.id,
    handle: group.handle,
    name: group.name,
    is_usergroup: true,
    date_delete: 0,
    user_count: group.members.size,
    ...(users ? { users: [...group.members] } : {}),
  };
}

function botInfo({ workspace, args, world }: BotCall): JsonObject {
  const user = [...workspace.users.values()].find(
    (each) => each.botId !== undefined && each.botId === args.required('bot'),
  );
  if (!user) throw new Refusal('bot_not_found');
  const installed = world.apps.flatMap((app) => app.installations).find((each) => each.botId === user.botId);
  return {
    bot: {
      id: user.botId,
      name: user.name,
      user_id: user.id,
      app_id: installed?.app.id,
      deleted: user.deleted,
      updated: 0,
    },
  };
}

function reactedMessage(call: BotCall): { channel: Channel; message: Message } {
  const channel = visibleChannel(call);
  if (channel.archived) throw new Refusal('is_archived');
  requireMember(call, channel);
  const message = messageIn(channel, call.args.required('timestamp'));
  if (!message || message.onlyFor !== undefined) throw new Refusal('message_not_found');
  return { channel, message };
}

function addReaction(call: BotCall): JsonObject {
  const { channel, message } = reactedMessage(call);
  const name = call.args.required('name').replaceAll(':', '');
  const { botUserId } = call.installation;
  const users = message.reactions.get(name) ?? new Set();
  if (users.has(botUserId)) throw new Refusal('already_reacted');
  message.reactions.set(name, users.add(botUserId));
  sendToMembers(call.world, call.workspace, channel, 'reaction_added', {
    type: 'reaction_added',
    user: botUserId,
    reaction: name,
    item_user: message.user,
    item: { type: 'message', channel: channel.id, ts: message.ts },
    event_ts: channel.timestamps.next(call.world.clock.now()),
  });
  call.world.changes.announce();
  return {};
}

function removeReaction(call: BotCall): JsonObject {
  const { message } = reactedMessage(call);
  const name = call.args.required('name').replaceAll(':', '');
  const users = message.reactions.get(name);
  if (!users?.delete(call.installation.botUserId)) throw new Refusal('no_reaction');
  if (users.size === 0) message.reactions.delete(name);
  call.world.changes.announce();
  return {};
}
