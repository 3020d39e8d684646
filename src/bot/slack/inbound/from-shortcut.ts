import type { MessageShortcut } from '@slack/bolt';
import { z } from 'zod';
import type { Inbound } from '../../../core/ports/chat.ts';
import { mediumOf } from '../../chat/medium.ts';
import { fileSchema, type SlackFile, toChatFiles } from './files.ts';
import { place, type Surroundings, toUtcMs } from './place.ts';
import { plainText, withoutMention } from './plain-text.ts';

/** `callback_id` of the message shortcut "Use as prompt", as the manifest has it. */
export const USE_SHORTCUT = 'cx_use';

const filesSchema = z.array(fileSchema).catch([]);

/** Somebody wants a message that is there already to become a prompt: it is theirs, whoever has written it. */
export function fromShortcut(shortcut: MessageShortcut, around: Surroundings): Inbound {
  const { channel, message, user, action_ts } = shortcut;
  const files = filesOf(shortcut);
  const { all } = withoutMention(isOwn(message, around) ? '' : (message.text ?? ''), around.botUser);
  return {
    kind: 'upload',
    dedupeKey: `shortcut:${channel.id}:${message.ts}:${action_ts}:${user.id}`,
    where: place(around, channel.id, { ts: message.ts, threadTs: threadOf(message) }),
    user: around.user(user.id, user.name),
    at: toUtcMs(action_ts),
    text: plainText(all, (id) => around.user(id).name),
    ...toChatFiles({ files, taken: files.filter((file) => mediumOf(file) !== 'other') }),
  };
}

/** False where nothing in the message could be made use of: only whoever picked it has to know. */
export function hasMedium(shortcut: MessageShortcut): boolean {
  return filesOf(shortcut).some((file) => mediumOf(file) !== 'other');
}

function filesOf({ message }: MessageShortcut): readonly SlackFile[] {
  return filesSchema.parse(message['files'] ?? []).filter(({ mode }) => mode !== 'tombstone');
}

/** The words of the bot's own messages are no prompt. */
function isOwn({ user, bot_id }: MessageShortcut['message'], { botUser }: Surroundings): boolean {
  return user === botUser || bot_id !== undefined;
}

function threadOf(message: MessageShortcut['message']): string | undefined {
  const thread: unknown = message['thread_ts'];
  return typeof thread === 'string' ? thread : undefined;
}
