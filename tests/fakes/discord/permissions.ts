import type { Channel, Guild } from './model.ts';
import { bitsOf, PERMISSIONS, type Permission } from './numbers.ts';
import { refuse } from './refusal.ts';
import type { State } from './state.ts';

const ALL = bitsOf(Object.keys(PERMISSIONS).filter((name): name is Permission => name in PERMISSIONS));
const IN_DIRECT_CONVERSATIONS = bitsOf([
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'ATTACH_FILES',
  'EMBED_LINKS',
  'READ_MESSAGE_HISTORY',
  'ADD_REACTIONS',
]);

/** What somebody may do in the guild as a whole. */
export function guildPermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (!member) return 0n;
  if (guild.ownerId === userId) return ALL;
  const roles = [guild.id, ...member.roles];
  const bits = roles.reduce((sum, id) => sum | (guild.roles.get(id)?.permissions ?? 0n), 0n);
  return (bits & PERMISSIONS.ADMINISTRATOR) !== 0n ? ALL : bits;
}

/** What somebody may do in a channel; of a thread, what they may do in its channel. */
export function channelPermissions(state: State, channel: Channel, userId: string): bigint {
  if (channel.guildId === undefined) {
    return channel.recipients.includes(userId) ? IN_DIRECT_CONVERSATIONS : 0n;
  }
  const guild = state.guild(channel.guildId);
  const member = guild.members.get(userId);
  const base = guildPermissions(guild, userId);
  if (!member || base === ALL) return base;
  const { overwrites } = channel.parentId === undefined ? channel : state.channel(channel.parentId);
  const everyone = overwrites.get(guild.id);
  const ofRoles = [...member.roles].flatMap((id) => overwrites.get(id) ?? []);
  const own = overwrites.get(userId);
  let bits = (base & ~(everyone?.deny ?? 0n)) | (everyone?.allow ?? 0n);
  bits &= ~ofRoles.reduce((sum, each) => sum | each.deny, 0n);
  bits |= ofRoles.reduce((sum, each) => sum | each.allow, 0n);
  bits = (bits & ~(own?.deny ?? 0n)) | (own?.allow ?? 0n);
  return (bits & PERMISSIONS.VIEW_CHANNEL) === 0n ? 0n : bits;
}

export function may(state: State, channel: Channel, userId: string, permission: Permission): boolean {
  return (channelPermissions(state, channel, userId) & PERMISSIONS[permission]) !== 0n;
}

/** Throws 50001 where the channel cannot be seen, 50013 where one of these is missing. */
export function demand(
  state: State,
  channel: Channel,
  userId: string,
  ...permissions: readonly Permission[]
): void {
  if (!may(state, channel, userId, 'VIEW_CHANNEL')) throw refuse.missingAccess();
  for (const each of permissions) if (!may(state, channel, userId, each)) throw refuse.missingPermissions();
}
