import { ApplicationFlags, GatewayIntentBits, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordClient } from '../discord-client.ts';
import { toChatError, unavailable } from '../discord-errors.ts';

const applicationSchema = z.object({ id: z.string(), flags: z.number().optional() });

/** What the developer portal says of the application. */
export interface ApplicationFacts {
  readonly id: string;
  /** Whether it may read what is not said to it: a switch in the portal. */
  readonly mayReadMessages: boolean;
}

/** Throws as `ChatPort`, and `chat.token_refused`. */
export async function askApplication(client: DiscordClient): Promise<ApplicationFacts> {
  try {
    const answer = applicationSchema.safeParse(await client.get('lookups', Routes.currentApplication()));
    if (!answer.success) throw unavailable('unreadable answer', answer.error);
    const { id, flags = 0 } = answer.data;
    const granted = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;
    return { id, mayReadMessages: (flags & granted) !== 0 };
  } catch (error) {
    throw toChatError(error);
  }
}

/** What the bot wants to hear of. */
export function intentsFor(mayReadMessages: boolean): number {
  return (
    GatewayIntentBits.Guilds |
    GatewayIntentBits.GuildMessages |
    GatewayIntentBits.DirectMessages |
    (mayReadMessages ? GatewayIntentBits.MessageContent : 0)
  );
}

/** How files reach the bot, for whoever starts it. `channels`: where uploads are watched; none: wherever it may read. */
export function openWays(mayReadMessages: boolean, channels: readonly string[]): readonly string[] {
  const places = channels.length === 0 ? 'wherever the bot may read' : `in ${channels.join(', ')}`;
  const mention = 'a message that mentions the bot';
  return [
    ...(mayReadMessages
      ? [`a message with a video ${places}`, mention]
      : [`${mention} (a posted video alone is not seen: the Message Content Intent is off)`]),
    'a direct message',
    '"Use as prompt" in the menu of a message',
    '/cosmos create with files',
  ];
}
