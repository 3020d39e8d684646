import { z } from 'zod';
import { apiUrlSchema } from './api-url-schema.ts';
import type { DiscordConfig } from './config.ts';
import { secretSchema } from './secret.ts';

/** Times of creation in ms, shifted: 17 digits in the first years, 20 are the most that 64 bits have. */
const SNOWFLAKE = /^\d{17,20}$/;
/** The library adds the version that it speaks. */
const VERSION = /\/v\d+\/?$/;

const idSchema = z.string().superRefine((given, context) => {
  if (SNOWFLAKE.test(given)) return;
  const parameters = { given, reason: 'no_snowflake' };
  context.addIssue({ code: 'custom', params: { code: 'config.invalid_value', parameters } });
});

/** `[chat.discord]`. */
export const discordSchema = z.strictObject({
  token: secretSchema.describe('Where the token of the bot is: `{ env = "NAME" }` or `{ file = "path" }`.'),
  api_url: apiUrlSchema
    .superRefine((given, context) => {
      if (!VERSION.test(given)) return;
      const parameters = { given, reason: 'api_version' };
      context.addIssue({ code: 'custom', params: { code: 'config.invalid_value', parameters } });
    })
    .default('https://discord.com/api')
    .describe('Base of the API, without its version; another one is for tests.'),
  guilds: z
    .array(idSchema)
    .default([])
    .describe(
      'Ids of the guilds (servers) that have the commands at once, and no others; none: every guild and direct messages.',
    ),
  channels: z
    .array(idSchema)
    .default([])
    .describe(
      'Ids of the channels in which a posted video becomes a prompt; none: wherever the bot may read. Direct messages and mentions work everywhere.',
    ),
  quiet_channels: z
    .array(idSchema)
    .default([])
    .describe(
      'Ids of channels in which the bot posts less: the status message and the finished video, and what somebody asks for.',
    ),
});

/** What the bot works with. */
export function toDiscord({
  token,
  api_url,
  guilds,
  channels,
  quiet_channels,
}: z.output<typeof discordSchema>): DiscordConfig {
  return {
    where: 'chat.discord',
    token,
    apiUrl: api_url.replace(/\/+$/, ''),
    guilds: [...new Set(guilds)],
    channels,
    quietChannels: quiet_channels,
  };
}
