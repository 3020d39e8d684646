import { PermissionFlagsBits as Bits } from 'discord.js';
import { z } from 'zod';

/** What the bot needs where it works, by the names that Discord's settings show. */
export const NEEDED_PERMISSIONS: ReadonlyMap<string, bigint> = new Map([
  ['View Channels', Bits.ViewChannel],
  ['Send Messages', Bits.SendMessages],
  ['Send Messages in Threads', Bits.SendMessagesInThreads],
  ['Create Public Threads', Bits.CreatePublicThreads],
  ['Embed Links', Bits.EmbedLinks],
  ['Attach Files', Bits.AttachFiles],
  ['Add Reactions', Bits.AddReactions],
  ['Read Message History', Bits.ReadMessageHistory],
]);

/** The same as the number in an invite link. */
export const NEEDED_BITS: bigint = [...NEEDED_PERMISSIONS.values()].reduce((sum, bit) => sum | bit, 0n);

/** The page on which an administrator lets the bot into a server, with exactly the permissions that it needs. */
export function inviteLink(application: string, guild?: string): string {
  const query = new URLSearchParams({
    client_id: application,
    permissions: String(NEEDED_BITS),
    scope: 'bot applications.commands',
    ...(guild !== undefined && { guild_id: guild }),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}

/** Permissions as Discord writes them: a number too large for JSON. */
export const bitsSchema = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

/** Permissions of one role or member in one channel. */
export const overwriteSchema = z.object({ id: z.string(), allow: bitsSchema, deny: bitsSchema });

export type Overwrite = z.output<typeof overwriteSchema>;

export interface Member {
  readonly guild: string;
  readonly user: string;
  readonly roles: readonly string[];
  /** In the guild as a whole. */
  readonly permissions: bigint;
}

/** What a member may do in a channel, by the order in which Discord documents it: everybody, roles, the member. */
export function permissionsIn(member: Member, overwrites: readonly Overwrite[]): bigint {
  if ((member.permissions & Bits.Administrator) !== 0n) return NEEDED_BITS | member.permissions;
  const of = (ids: readonly string[]) => {
    const fitting = overwrites.filter(({ id }) => ids.includes(id));
    return (bits: bigint) =>
      (bits & ~fitting.reduce((sum, { deny }) => sum | deny, 0n)) |
      fitting.reduce((sum, { allow }) => sum | allow, 0n);
  };
  const steps = [of([member.guild]), of(member.roles.filter((id) => id !== member.guild)), of([member.user])];
  const bits = steps.reduce((sum, step) => step(sum), member.permissions);
  return (bits & Bits.ViewChannel) === 0n ? 0n : bits;
}

/** The needed ones that are not among them, by name. */
export function missingOf(permissions: bigint): readonly string[] {
  if ((permissions & Bits.Administrator) !== 0n) return [];
  return [...NEEDED_PERMISSIONS].flatMap(([name, bit]) => ((permissions & bit) === 0n ? [name] : []));
}
