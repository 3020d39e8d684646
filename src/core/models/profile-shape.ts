import { z } from 'zod';
import { commandSchema, containerSchema, fileSchema, mediaSchema, requiresSchema } from './job-schema.ts';
import { failureSchema, progressSchema, successSchema, timeoutsSchema, timingSchema } from './log-schema.ts';
import { controlSchema, parameterSchema, weightPolicySchema } from './parameter-schema.ts';
import { ruleSchema } from './rule-schema.ts';
import { name, profileId, role, words } from './schema-basics.ts';

const input = z.strictObject({
  required: z.boolean().default(false),
  help: words.exactOptional(),
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
  version: words.describe('Of this profile or of the model’s code that it was written against'),
  requires: requiresSchema.default(() => requiresSchema.parse({})),
  inputs: z.partialRecord(role, input).describe('Files by role'),
  media: mediaSchema.default(() => mediaSchema.parse({})),
  parameters: z.record(name, parameterSchema).default({}),
  controls: z.record(name, controlSchema).default({}),
  rules: z.array(ruleSchema).default([]).describe('What settings exclude or imply, in order'),
  weight_policy: weightPolicySchema.exactOptional(),
  files: z.record(name, fileSchema).default({}),
  command: commandSchema,
  container: containerSchema.exactOptional(),
  progress: progressSchema.default(() => progressSchema.parse({})),
  success: successSchema,
  failures: z.array(failureSchema).default([]),
  timing: timingSchema.default(() => timingSchema.parse({})),
  timeouts: timeoutsSchema.default(() => timeoutsSchema.parse({})),
});
