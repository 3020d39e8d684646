import { MessageType } from 'discord.js';
import type { ChatReference, Inbound } from '../../../core/ports/chat.ts';
import type { Medium } from '../../chat/medium.ts';
import { kindOf, type ToldFile, toChatFile } from './files.ts';
import { person, place, type Surroundings, type ToldMember, type ToldUser, timeOf } from './place.ts';
import { plainText, withoutMentions } from './plain-text.ts';

/** Somebody of whom it may be said that they are a bot. */
interface Author extends ToldUser {
  readonly bot?: boolean | undefined;
}

/** A message as the gateway tells it, or as it is read later: then without its member. */
export interface HeardMessage {
  readonly id: string;
  readonly channel_id: string;
  readonly guild_id?: string | undefined;
  readonly content: string;
  /** A `MessageType`. */
  readonly type: number;
  readonly author: Author;
  readonly member?: ToldMember | undefined;
  readonly mentions: readonly ToldUser[];
  readonly attachments: readonly ToldFile[];
  readonly webhook_id?: string | undefined;
}

/** New messages of people; all others tell what became of something. */
const TYPES: ReadonlySet<number> = new Set([MessageType.Default, MessageType.Reply]);

/** What a message asks of the bot; undefined where it is none of its business, its own messages above all. */
export function fromMessage(message: HeardMessage, around: Surroundings): Inbound | undefined {
  if (isOfBot(message, around) || !TYPES.has(message.type)) return undefined;
  const mentions = around.guilds.mentions(message.guild_id);
  const { all, behind } = withoutMentions(message.content, mentions);
  const isAddressed = behind !== undefined || isDirect(message);
  const { attachments } = message;
  if (attachments.length > 0) {
    const taken = isAddressed ? attachments : uninvited(message, around);
    return taken.length === 0 ? undefined : upload(message, taken, all, around);
  }
  if (!isAddressed) return undefined;
  return command(message, behind === undefined || behind === '' ? all : behind, around);
}

/** The words of a message, without markup; `mentioned` as the message lists them. */
export function wordsOf(text: string, mentioned: readonly ToldUser[], { guilds }: Surroundings): string {
  return plainText(text, {
    user: (id) => {
      const user = mentioned.find((each) => each.id === id);
      return user && (user.global_name ?? user.username);
    },
    channel: (id) => guilds.channel(id)?.name,
  });
}

function upload(
  message: HeardMessage,
  files: readonly ToldFile[],
  text: string,
  around: Surroundings,
): Inbound {
  const { id, channel_id: channel, author, member, guild_id: guild, mentions } = message;
  return {
    kind: 'upload',
    dedupeKey: `upload:${channel}:${id}`,
    where: placeOf(message, around),
    user: person(author, member, guild),
    at: timeOf(id),
    text: wordsOf(text, mentions, around),
    files: files.map((file) => toChatFile(file, { channel, message: id })),
  };
}

function command(message: HeardMessage, text: string, around: Surroundings): Inbound {
  const { id, channel_id: channel, author, member, guild_id: guild, mentions } = message;
  return {
    kind: 'command',
    dedupeKey: `command:${channel}:${id}`,
    where: placeOf(message, around),
    user: person(author, member, guild),
    at: timeOf(id),
    text: wordsOf(text, mentions, around),
  };
}

/**
 * The files that are the bot's business though nobody has called it: those of a message with a video where uploads
 * become prompts, and media in a thread of its own. What is no medium stays where it is.
 */
function uninvited(message: HeardMessage, around: Surroundings): readonly ToldFile[] {
  const where = placeOf(message, around);
  const media = message.attachments.filter((file) => kindOf(file) !== 'other');
  if (where.thread !== undefined && around.ownsThread(where)) return media;
  const isNamed =
    around.channels.includes(where.channel) ||
    (where.thread !== undefined && around.channels.includes(where.thread));
  const isWatched = around.channels.length === 0 || isNamed;
  // Archives hold all kinds of things: by themselves they are taken only where uploads are expected.
  const isMeant = (medium: Medium): boolean => medium === 'video' || (isNamed && medium === 'archive');
  return isWatched && media.some((file) => isMeant(kindOf(file))) ? media : [];
}

/** Bots are no people: what they post could go round in circles. */
function isOfBot({ author, webhook_id: webhook }: HeardMessage, { botUser }: Surroundings): boolean {
  return author.bot === true || author.id === botUser || webhook !== undefined;
}

function isDirect({ guild_id: guild }: HeardMessage): boolean {
  return guild === undefined;
}

function placeOf({ id, channel_id: channel, guild_id: guild }: HeardMessage, around: Surroundings) {
  return place(around.guilds, { guild, channel, message: id }) satisfies ChatReference;
}
