import { PermissionFlagsBits as Bits } from 'discord.js';
import { z } from 'zod';

/** A permission as Discord's settings show it. */
export interface Permission {
  readonly name: string;
  readonly bit: bigint;
  /** What for, as `docs/discord.md` says it. */
  readonly use: string;
  /** Whether something of the bot fails without it; the others are asked for so that nobody has to be asked again. */
  readonly isUsed: boolean;
}

/** All that the bot asks for. */
export const PERMISSIONS: readonly Permission[] = [
  used('View Channels', Bits.ViewChannel, 'to see what is posted'),
  used('Send Messages', Bits.SendMessages, 'cards and answers in channels'),
  used('Send Messages in Threads', Bits.SendMessagesInThreads, 'cards, status and results in threads'),
  used('Create Public Threads', Bits.CreatePublicThreads, 'a thread on the message with the video'),
  used('Embed Links', Bits.EmbedLinks, 'cards are embeds'),
  used('Attach Files', Bits.AttachFiles, 'the finished video, control videos, the log of a failure'),
  used(
    'Read Message History',
    Bits.ReadMessageHistory,
    'what was posted while the bot was away, files whose links have expired, and what it has posted itself when it cannot know',
  ),
  {
    name: 'Add Reactions',
    bit: Bits.AddReactions,
    use: 'nothing yet; asked for now, so that nobody has to be asked again',
    isUsed: false,
  },
];

/** All of them as the number in an invite link. */
export const INVITED_BITS: bigint = PERMISSIONS.reduce((sum, { bit }) => sum | bit, 0n);

/** The page on which an administrator lets the bot into a server, with exactly the permissions that it needs. */
export function inviteLink(application: string, guild?: string): string {
  const query = new URLSearchParams({
    client_id: application,
    permissions: String(INVITED_BITS),
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
  if ((member.permissions & Bits.Administrator) !== 0n) return INVITED_BITS | member.permissions;
  const of = (ids: readonly string[]) => {
    const fitting = overwrites.filter(({ id }) => ids.includes(id));
    return (bits: bigint) =>
      (bits & ~fitting.reduce((sum, { deny }) => sum | deny, 0n)) |
      fitting.reduce((sum, { allow }) => sum | allow, 0n);
  };
  const steps = [of([member.guild]), of(member.roles), of([member.user])];
  const bits = steps.reduce((sum, step) => step(sum), member.permissions);
  return (bits & Bits.ViewChannel) === 0n ? 0n : bits;
}

/** The names of those that something fails without, and that are not among these. */
export function missingOf(permissions: bigint): readonly string[] {
  if ((permissions & Bits.Administrator) !== 0n) return [];
  return PERMISSIONS.filter(({ bit, isUsed }) => isUsed && (permissions & bit) === 0n).map(
    ({ name }) => name,
  );
}

function used(name: string, bit: bigint, use: string): Permission {
  return { name, bit, use, isUsed: true };
}
