import { z } from 'zod';
import { name, role, words } from './schema-basics.ts';

const value = z.union([z.boolean(), z.number(), z.string()]);

const limits = z
  .strictObject({
    minimum: z.number().exactOptional(),
    maximum: z.number().exactOptional(),
    above: z.number().exactOptional(),
    below: z.number().exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'must hold at least one limit');

const parameterCondition = z
  .union([
    value,
    z.array(value).min(1),
    limits,
    z.strictObject({ set: z.boolean().describe('Whether the parameter has a value at all') }),
  ])
  .describe('A value, a list of values, limits of a number, or { set = false }');

/** What must be true of a run, all of it at once. */
export const conditionsSchema = z.strictObject({
  parameters: z.record(name, parameterCondition).default({}).describe('Values by parameter'),
  inputs: z.partialRecord(role, z.boolean()).default({}).describe('Whether a file of that role is given'),
  controls: limits.exactOptional().describe('How many controls condition the run'),
});

/** How settings exclude or imply each other: known before a run is queued, not after the model was loaded. */
export const ruleSchema = z.strictObject({
  when: conditionsSchema
    .default(() => conditionsSchema.parse({}))
    .describe('Without it, the rule always holds'),
  needs: conditionsSchema.exactOptional().describe('What must be true then; else the run is refused'),
  defaults: z
    .record(name, value)
    .default({})
    .describe('Values that parameters have then, where nobody has set them'),
  message: words.exactOptional().describe('Why a run is refused, in one sentence; needed with needs'),
});
