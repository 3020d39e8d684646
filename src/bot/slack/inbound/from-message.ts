import { z } from 'zod';
import type { ChatReference, Inbound } from '../../../core/ports/chat.ts';
import { type Medium, mediumOf } from '../../chat/medium.ts';
import { fileSchema, type SentFiles, type SlackFile, toChatFiles } from './files.ts';
import { place, type Surroundings, toUtcMs } from './place.ts';
import { plainText, withoutMention } from './plain-text.ts';

/** New messages of people; all others tell what became of one, or that somebody came or went. */
const SUBTYPES: readonly (string | undefined)[] = [undefined, 'file_share', 'thread_broadcast'];

/** `message` and `app_mention` alike: a mention arrives as both. */
const messageSchema = z.object({
  user: z.string(),
  text: z.string().nullish(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  channel: z.string(),
  subtype: z.string().optional(),
  bot_id: z.string().nullish(),
  files: z.array(fileSchema).optional(),
});

type Message = z.output<typeof messageSchema>;

/** What a message asks of the bot; undefined where it is none of its business, its own messages above all. */
export function fromMessage(event: unknown, around: Surroundings): Inbound | undefined {
  const parsed = messageSchema.safeParse(event);
  if (!parsed.success) return undefined;
  const message = parsed.data;
  if (isOfBot(message, around) || !SUBTYPES.includes(message.subtype)) return undefined;
  const { all, behind } = withoutMention(message.text ?? '', around.botUser);
  const isAddressed = behind !== undefined || isDirect(message);
  const files = (message.files ?? []).filter(({ mode }) => mode !== 'tombstone');
  if (files.length > 0) {
    const media = files.filter((file) => mediumOf(file) !== 'other');
    // Where nothing can be made use of, whoever has called the bot is told so.
    const invited = media.length > 0 ? media : files;
    const taken = isAddressed ? invited : uninvited(message, media, around);
    return taken.length === 0 ? undefined : upload(message, { files, taken }, all, around);
  }
  return isAddressed
    ? command(message, behind === undefined || behind === '' ? all : behind, around)
    : undefined;
}

function upload(message: Message, sent: SentFiles, text: string, around: Surroundings): Inbound {
  return {
    kind: 'upload',
    dedupeKey: `upload:${message.channel}:${message.ts}`,
    where: place(around, message.channel, { ts: message.ts, threadTs: message.thread_ts }),
    user: around.user(message.user),
    at: toUtcMs(message.ts),
    text: spoken(text, around),
    ...toChatFiles(sent),
  };
}

function command(message: Message, text: string, around: Surroundings): Inbound {
  return {
    kind: 'command',
    dedupeKey: `command:${message.channel}:${message.ts}`,
    where: answerPlace(message, around),
    user: around.user(message.user),
    at: toUtcMs(message.ts),
    text: spoken(text, around),
  };
}

/** Where a mention is answered: in its thread, of its own where it has none; a direct conversation needs none. */
function answerPlace(message: Message, around: Surroundings): ChatReference {
  const { channel, ts, thread_ts: threadTs } = message;
  if (threadTs === undefined && isDirect(message)) return place(around, channel);
  return place(around, channel, { threadTs: threadTs ?? ts });
}

/**
 * The files that are the bot's business though nobody has called it: those of a message with a video where uploads
 * become prompts, and media in a thread of its own. What is no medium stays where it is.
 */
function uninvited(
  message: Message,
  media: readonly SlackFile[],
  around: Surroundings,
): readonly SlackFile[] {
  const { channel, ts, thread_ts: threadTs } = message;
  const isInThread = threadTs !== undefined && threadTs !== ts;
  if (isInThread && around.ownsThread(place(around, channel, { threadTs }))) return media;
  const isNamed = around.channels.includes(channel);
  const isWatched = around.channels.length === 0 || isNamed;
  // Archives hold all kinds of things: by themselves they are taken only where uploads are expected.
  const isMeant = (medium: Medium): boolean => medium === 'video' || (isNamed && medium === 'archive');
  return isWatched && media.some((file) => isMeant(mediumOf(file))) ? media : [];
}

/** Bots are no people: what they post could go round in circles. */
function isOfBot({ bot_id, user }: Message, { botUser }: Surroundings): boolean {
  return (bot_id !== undefined && bot_id !== null) || user === botUser || user === 'USLACKBOT';
}

function isDirect({ channel }: Message): boolean {
  return channel.startsWith('D');
}

function spoken(text: string, { user }: Surroundings): string {
  return plainText(text, (id) => {
    const { name } = user(id);
    return name === id ? undefined : name;
  });
}
