import { z } from 'zod';
import { accessSchema } from './access-schema.ts';
import { discordSchema } from './discord-schema.ts';
import { hostsSchema, profileOverridesSchema } from './hosts-schema.ts';
import { hasNoNul, pathSchema, profileIdSchema } from './names.ts';
import { queueSchema } from './queue-schema.ts';
import { slackSchema } from './slack-schema.ts';
import { timeoutsSchema } from './timeouts-schema.ts';
import { webSchema } from './web-schema.ts';

/** What most video models are kept away from; a prompt, or a profile, may say something better. */
const NEGATIVE_PROMPT =
  'low quality, blurry, noisy, overexposed, underexposed, flickering, jittery motion, compression artifacts, watermark, text';

const chatSchema = z.strictObject({
  terminal: z
    .exactOptional(z.strictObject({}))
    .describe('The terminal chat. It has no settings and is there wherever no other chat is.'),
  slack: z
    .exactOptional(slackSchema)
    .describe('One workspace of Slack; for several, one table `[chat.slack.NAME]` with these keys for each.'),
  discord: z
    .exactOptional(discordSchema)
    .describe('The bot of Discord; one serves all guilds that it was invited to.'),
});

const limitsSchema = z.strictObject({
  max_queued_per_user: z.int().min(1).max(10_000).default(100).describe('Queued runs of one person.'),
  max_runs_per_request: z
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('Runs that one command may ask for, such as `seed=1..8` for eight.'),
  confirm_above_runs: z
    .int()
    .min(1)
    .max(500)
    .default(8)
    .describe('A command that asks for more runs than this shows what they would take, and waits for a yes.'),
  max_upload_mib: z
    .int()
    .min(1)
    .max(1_048_576)
    .default(512)
    .describe('Size of one input file in MiB (2^20 bytes).'),
  max_video_seconds: z
    .number()
    .min(0.1)
    .max(86_400)
    .default(120)
    .describe('Duration of one video or sound, in seconds.'),
  max_pixels: z
    .int()
    .min(4096)
    .max(268_435_456)
    .default(4096 * 2160)
    .describe('Width × height of one video or picture; the default is 4096 × 2160.'),
});

const generationSchema = z.strictObject({
  negative_prompt: z
    .string()
    .max(10_000)
    .refine(hasNoNul)
    .default(NEGATIVE_PROMPT)
    .describe('Negative text of prompts that bring none; may be empty.'),
});

const logSchema = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe("Least serious messages that the bot's own log shows."),
});

/**
 * The configuration file, in its own words and units. Everything has a default, so the empty file is the embedded
 * default. Unknown keys are errors everywhere but in the overrides of a profile.
 */
export const settingsSchema = z.strictObject({
  data_dir: pathSchema
    .default('data')
    .describe('Directory of the database, the assets and the outputs; relative to this file.'),
  chat: chatSchema.prefault({}).describe('Where people talk to the bot.'),
  web: z
    .exactOptional(webSchema)
    .describe(
      'Signed links to results that are too large for a chat; without it a card says where the file lies.',
    ),
  access: accessSchema.prefault({}).describe('Who may do what.'),
  limits: limitsSchema.prefault({}).describe('What people may ask for.'),
  queue: queueSchema.prefault({}).describe('How waiting runs are taken.'),
  timeouts: timeoutsSchema.prefault({}).describe('How long things may take.'),
  generation: generationSchema.prefault({}).describe('Defaults of prompts.'),
  hosts: hostsSchema,
  models: z
    .record(profileIdSchema, profileOverridesSchema)
    .default({})
    .describe('Keys of shipped profiles with other values, on every host.'),
  models_directory: z
    .exactOptional(pathSchema)
    .describe('Folder with profiles of models of your own, beside the shipped ones; relative to this file.'),
  log: logSchema.prefault({}).describe('The log of the bot itself.'),
});

export type Settings = z.output<typeof settingsSchema>;
