import type { JsonObject } from '../../slack/json.ts';
import type { Guild, Member, Role, User } from '../model.ts';
import type { State } from '../state.ts';

export function userView(user: User): JsonObject {
  return {
    id: user.id,
    username: user.username,
    discriminator: user.bot ? '0001' : '0',
    global_name: user.bot ? null : user.username,
    avatar: null,
    bot: user.bot,
    public_flags: 0,
    flags: 0,
  };
}

/** A member with or without the user, as the place wants it. */
export function memberView(member: Member): JsonObject {
  return {
    roles: [...member.roles],
    joined_at: new Date(member.joinedAt).toISOString(),
    premium_since: null,
    nick: null,
    avatar: null,
    pending: false,
    deaf: false,
    mute: false,
    flags: 0,
    communication_disabled_until: null,
  };
}

export function memberWithUser(state: State, member: Member): JsonObject {
  return { ...memberView(member), user: userView(state.user(member.userId)) };
}

export function roleView(role: Role): JsonObject {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: role.position,
    permissions: String(role.permissions),
    managed: false,
    mentionable: true,
    flags: 0,
  };
}

export function rolesView(guild: Guild): readonly JsonObject[] {
  return [...guild.roles.values()].map(roleView);
}
