import type { SlashCommand } from '@slack/bolt';
import type { Inbound } from '../../../core/ports/chat.ts';
import { place, type Surroundings } from './place.ts';
import { plainText } from './plain-text.ts';

export type Command = Extract<Inbound, { kind: 'command' }>;

/** A slash command. Slack says not when it was typed: it is delivered at once or never. */
export function fromCommand(command: SlashCommand, around: Surroundings): Command {
  return {
    kind: 'command',
    dedupeKey: `command:${command.trigger_id}`,
    where: place(around, command.channel_id),
    user: around.user(command.user_id, command.user_name),
    at: around.now(),
    text: plainText(command.text ?? '', (id) => around.user(id).name).trim(),
  };
}
