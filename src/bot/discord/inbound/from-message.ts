import { MessageType } from 'discord.js';
import type { ChatReference, Inbound } from '../../../core/ports/chat.ts';
import type { Medium } from '../../chat/medium.ts';
import { type Bearer, carried, kindOf, type ToldFile, toChatFile } from './files.ts';
import { person, place, type Surroundings, type ToldMember, type ToldUser, timeOf } from './place.ts';
import { plainText, withoutMentions } from './plain-text.ts';

/** Somebody of whom it may be said that they are a bot. */
interface Author extends ToldUser {
  readonly bot?: boolean | undefined;
}

/** A message as the gateway tells it, or as it is read later: then without its member. */
export interface HeardMessage extends Bearer {
  readonly id: string;
  readonly channel_id: string;
  readonly guild_id?: string | undefined;
  /** A `MessageType`. */
  readonly type: number;
  readonly author: Author;
  readonly member?: ToldMember | undefined;
  readonly webhook_id?: string | undefined;
}

/** New messages of people; all others tell what became of something. */
const TYPES: ReadonlySet<number> = new Set([MessageType.Default, MessageType.Reply]);

/** What a message asks of the bot; undefined where it is none of its business, its own messages above all. */
export function fromMessage(message: HeardMessage, around: Surroundings): Inbound | undefined {
  if (isOfBot(message, around) || !TYPES.has(message.type)) return undefined;
  const names = around.guilds.mentions(message.guild_id);
  // Whom somebody else has called in a message that is forwarded, nobody calls now.
  const { behind } = withoutMentions(message.content, names);
  const isAddressed = behind !== undefined || isDirect(message);
  const { content, attachments, mentions } = carried(message);
  const { all } = withoutMentions(content, names);
  const whole = { ...message, mentions };
  if (attachments.length > 0) {
    const media = attachments.filter((file) => kindOf(file) !== 'other');
    // Where nothing can be made use of, whoever has called the bot is told so.
    const invited = media.length > 0 ? media : attachments;
    const taken = isAddressed ? invited : uninvited(whole, media, around);
    if (taken.length === 0) return undefined;
    const leftOut = attachments.filter((file) => !taken.includes(file)).map(({ filename }) => filename);
    return { ...upload(whole, taken, all, around), ...(leftOut.length > 0 && { leftOut }) };
  }
  if (!isAddressed) return undefined;
  return command(whole, behind === undefined || behind === '' ? all : behind, around);
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
): Extract<Inbound, { kind: 'upload' }> {
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
function uninvited(
  message: HeardMessage,
  media: readonly ToldFile[],
  around: Surroundings,
): readonly ToldFile[] {
  const where = placeOf(message, around);
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
