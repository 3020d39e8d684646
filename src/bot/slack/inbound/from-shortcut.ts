import type { MessageShortcut } from '@slack/bolt';
import { z } from 'zod';
import type { Inbound } from '../../../core/ports/chat.ts';
import { fileSchema, toChatFile } from './files.ts';
import { place, type Surroundings, toUtcMs } from './place.ts';
import { plainText, withoutMention } from './plain-text.ts';

/** `callback_id` of the message shortcut "Use as prompt", as the manifest has it. */
export const USE_SHORTCUT = 'cx_use';

const filesSchema = z.array(fileSchema).catch([]);

/** Somebody wants a message that is there already to become a prompt: it is theirs, whoever has written it. */
export function fromShortcut(shortcut: MessageShortcut, around: Surroundings): Inbound {
  const { channel, message, user, action_ts } = shortcut;
  const { all } = withoutMention(isOwn(message, around) ? '' : (message.text ?? ''), around.botUser);
  return {
    kind: 'upload',
    dedupeKey: `shortcut:${channel.id}:${message.ts}:${action_ts}:${user.id}`,
    where: place(around, channel.id, { ts: message.ts, threadTs: threadOf(message) }),
    user: around.user(user.id, user.name),
    at: toUtcMs(action_ts),
    text: plainText(all, (id) => around.user(id).name),
    files: filesSchema.parse(message['files'] ?? []).map(toChatFile),
  };
}

/** The words of the bot's own messages are no prompt. */
function isOwn({ user, bot_id }: MessageShortcut['message'], { botUser }: Surroundings): boolean {
  return user === botUser || bot_id !== undefined;
}

function threadOf(message: MessageShortcut['message']): string | undefined {
  const thread: unknown = message['thread_ts'];
  return typeof thread === 'string' ? thread : undefined;
}
