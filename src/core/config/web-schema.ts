import { z } from 'zod';
import { apiUrlSchema } from './api-url-schema.ts';
import type { WebConfig } from './config.ts';
import { listenHostSchema } from './listen-host-schema.ts';
import { secretSchema } from './secret.ts';

const MS_PER_HOUR = 3_600_000;
/** What an address path may hold and still be the same behind every proxy, and in every chat. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9._~-]+)*\/?$/;

/** `[web]`. Problems: `config.invalid_value` with the reasons of `apiUrlSchema`, `web_path` or `no_host`. */
export const webSchema = z.strictObject({
  host: listenHostSchema
    .default('127.0.0.1')
    .describe(
      'Address of this machine at which it listens; others than loopback can be reached from other machines.',
    ),
  port: z.int().min(1).max(65_535).describe('Port at which it listens.'),
  public_url: apiUrlSchema
    .superRefine((given, context) => {
      const url = URL.parse(given);
      if (url === null || PLAIN_PATH.test(url.pathname)) return;
      const parameters = { given, reason: 'web_path' };
      context.addIssue({ code: 'custom', params: { code: 'config.invalid_value', parameters } });
    })
    .describe(
      'What people reach it by, such as `https://cosmos.example.com`: links begin with it. The proxy in between passes its path on.',
    ),
  link_secret: secretSchema.describe(
    'Where the secret is that signs links, of at least 32 characters: `{ env = "NAME" }` or `{ file = "path" }`.',
  ),
  previous_link_secrets: z
    .array(secretSchema)
    .max(10)
    .default([])
    .describe('Former secrets, whose links are good until they expire.'),
  link_lifetime_hours: z
    .int()
    .min(1)
    .max(8_760)
    .default(168)
    .describe('Hours until a link expires; the default is a week, the most a year.'),
});

/** The same as the bot works with it. */
export function toWeb(settings: z.output<typeof webSchema>): WebConfig {
  return {
    host: settings.host,
    port: settings.port,
    publicUrl: settings.public_url.replace(/\/+$/, ''),
    linkSecret: settings.link_secret,
    previousLinkSecrets: settings.previous_link_secrets,
    linkLifetimeMs: settings.link_lifetime_hours * MS_PER_HOUR,
  };
}
