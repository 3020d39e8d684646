import { z } from 'zod';
import { batchSchema } from './batch-schema.ts';
import {
  commandSchema,
  containerSchema,
  fileSchema,
  mediaSchema,
  requiresSchema,
  textSchema,
} from './job-schema.ts';
import {
  failureSchema,
  guardrailSchema,
  progressSchema,
  successSchema,
  timeoutsSchema,
  timingSchema,
} from './log-schema.ts';
import { controlSchema, draftSchema, parameterSchema, weightPolicySchema } from './parameter-schema.ts';
import { ruleSchema } from './rule-schema.ts';
import { count, name, profileId, role, words } from './schema-basics.ts';
import { TASKS } from './tasks.ts';

const input = z.strictObject({
  required: z.boolean().default(false),
  help: words.exactOptional(),
  prepare: z
    .strictObject({
      max_long_side: count.exactOptional(),
      max_short_side: count.exactOptional(),
      max_frames: count.exactOptional().describe('The first ones are kept'),
      fps: z
        .number()
        .positive()
        .max(240)
        .exactOptional()
        .describe('Of a copy of a video that has another rate'),
      sample_rate: z
        .number()
        .int()
        .min(8000)
        .max(192_000)
        .exactOptional()
        .describe('Hz, of the WAV file that is made of every sound'),
      channels: z.literal([1, 2]).exactOptional().describe('Of that file; one where it is not said'),
      max_seconds: z.number().positive().exactOptional().describe('Of that file: the beginning is kept'),
    })
    .exactOptional()
    .describe(
      'How the bot makes a copy before it is sent, where a file is not so: an mp4 of a video, whose shape stays, in pixels; a WAV of a sound',
    ),
  min_seconds: z.number().positive().exactOptional().describe('Of a sound that the model takes'),
  max_seconds: z.number().positive().exactOptional(),
  extensions: z
    .array(z.string().regex(/^[a-z0-9]+$/, 'must be an extension in lower case, without dot'))
    .min(1)
    .exactOptional()
    .describe('Of the files that the model reads; every format of that kind where it is not said'),
});

/**
 * The keys of a profile and their types, version 1. New optional keys do not raise the version: a profile that
 * was stored with an old run stays readable.
 */
export const profileShape = z.strictObject({
  schema: z.literal(1).describe('Version of this format'),
  id: profileId.describe('What people type; also the file name'),
  title: words,
  description: words,
  family: profileId
    .exactOptional()
    .describe('What belongs together: the result of a model goes to the upscaler of its own family first'),
  task: z
    .enum(TASKS)
    .default('generate')
    .describe(
      'What it does: generate makes a video of a prompt, upscale makes one larger, enhance makes a better text',
    ),
  previews_controls: z
    .boolean()
    .default(false)
    .describe('Its results show what other models will be conditioned on: offered before a run of those'),
  version: words.describe('Of this profile or of the model’s code that it was written against'),
  requires: requiresSchema.default(() => requiresSchema.parse({})),
  inputs: z.partialRecord(role, input).describe('Files by role'),
  text: textSchema.default(() => textSchema.parse({})),
  media: mediaSchema.default(() => mediaSchema.parse({})),
  parameters: z.record(name, parameterSchema).default({}),
  draft: draftSchema.exactOptional(),
  controls: z.record(name, controlSchema).default({}),
  rules: z.array(ruleSchema).default([]).describe('What settings exclude or imply, in order'),
  weight_policy: weightPolicySchema.exactOptional(),
  files: z.record(name, fileSchema).default({}),
  command: commandSchema,
  container: containerSchema.exactOptional(),
  progress: progressSchema.default(() => progressSchema.parse({})),
  success: successSchema,
  batch: batchSchema.exactOptional(),
  guardrail: guardrailSchema.exactOptional(),
  failures: z.array(failureSchema).default([]),
  timing: timingSchema.default(() => timingSchema.parse({})),
  timeouts: timeoutsSchema.default(() => timeoutsSchema.parse({})),
});
