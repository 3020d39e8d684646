import { z } from 'zod';
import { count, dottedKey, environmentName, name, role, wholeNumber, words } from './schema-basics.ts';

const write = z
  .strictObject({
    spec: dottedKey.exactOptional().describe('Key in a spec file; dots make nested objects'),
    file: name.exactOptional().describe('Which of [files] the key is in; "spec" where it is not said'),
    json_type: z
      .enum(['string', 'number'])
      .exactOptional()
      .describe('Write a number as a JSON string, or numeric text as a number'),
    flag: z.string().min(1).exactOptional().describe('Command line flag, such as --num_steps'),
    style: z
      .enum(['space', 'equals', 'switch'])
      .exactOptional()
      .describe('--x 5, --x=5, or --x alone when a boolean is true; "space" where it is not said'),
    environment: environmentName.exactOptional().describe('Environment variable'),
  })
  .describe('Where the value goes: exactly one of spec, flag, environment');

const common = {
  title: words.describe('What people see beside the value'),
  help: words.exactOptional().describe('One sentence on what it does'),
  unit: words.exactOptional().describe('Unit, such as frames per second'),
  essential: z
    .boolean()
    .default(false)
    .describe('Shown as an option of the command, not in the full form only'),
  write: write
    .exactOptional()
    .describe('Absent where a control or a placeholder such as {seed} carries the value into the job'),
};

const STEP = 'Values lie whole steps above the minimum (above 0 where there is none)';

const number = z.strictObject({
  type: z.literal('number'),
  minimum: z.number().exactOptional(),
  maximum: z.number().exactOptional(),
  step: z.number().positive().exactOptional().describe(STEP),
  default: z
    .number()
    .exactOptional()
    .describe('Without it, nothing is written until somebody sets the value'),
  ...common,
});

const integer = z.strictObject({
  type: z.literal('integer'),
  minimum: wholeNumber.exactOptional(),
  maximum: wholeNumber.exactOptional(),
  step: count.exactOptional().describe(STEP),
  default: wholeNumber.exactOptional(),
  ...common,
});

const boolean = z.strictObject({
  type: z.literal('boolean'),
  default: z.boolean().exactOptional(),
  ...common,
});

const string = z.strictObject({
  type: z.literal('string'),
  max_length: wholeNumber.min(1).default(1000),
  default: z.string().exactOptional(),
  ...common,
});

const choice = z.strictObject({
  type: z.literal('choice'),
  choices: z.array(z.string().min(1)).min(1),
  default: z.string().exactOptional(),
  nearest_aspect_of: z
    .array(role)
    .min(1)
    .exactOptional()
    .describe(
      'Where nobody sets it: the choice (such as "16,9") nearest to the first of these files that is there',
    ),
  ...common,
});

const regions = z.strictObject({
  type: z.literal('regions'),
  max_regions: count.default(8),
  keys: z
    .strictObject({
      text: dottedKey,
      box: dottedKey.describe('Left, top, right, bottom, from 0 to 1'),
      mask: dottedKey.exactOptional().describe('Words for what the model finds by itself, where it can'),
    })
    .describe('Of the object that each region is in the list that `write.spec` names'),
  default: z.string().exactOptional(),
  ...common,
});

/** One thing that people can set for a run: its type and range, and how it reaches the model. */
export const parameterSchema = z.discriminatedUnion('type', [
  number,
  integer,
  boolean,
  string,
  choice,
  regions,
]);

/** What a quick look at the result takes: a run without these values is the same at full quality. */
export const draftSchema = z.strictObject({
  parameters: z
    .record(name, z.union([z.number(), z.boolean(), z.string()]))
    .refine((values) => Object.keys(values).length > 0, 'needs at least one parameter')
    .describe('Values that make a run a draft, such as fewer steps; promoting it leaves exactly these out'),
});

/** The part of a spec that conditions the model on one kind of picture; written only while its weight is above 0. */
export const controlSchema = z.strictObject({
  title: words,
  file: name.exactOptional().describe('Which of [files] the block is in; "spec" where it is not said'),
  block: dottedKey.exactOptional().describe('Key of the block; the control’s own name where it is not said'),
  weight: z.strictObject({
    parameter: name,
    key: dottedKey.describe('Key inside the block'),
  }),
  input: z
    .strictObject({
      role,
      key: dottedKey.describe('Key inside the block; left out where no file is given'),
    })
    .exactOptional()
    .describe('The file that shows the control, where somebody brings one'),
  files: z
    .record(dottedKey, role)
    .default({})
    .describe('Further keys inside the block, with the files they name; left out where a file is not given'),
  parameters: z
    .record(dottedKey, name)
    .default({})
    .describe('Further keys inside the block, with their parameters'),
  auto: z
    .boolean()
    .default(false)
    .describe(
      'The model computes the control where no file is given; if not, the block is left out without a file',
    ),
});

/** How the model treats the weights of several controls; for display and for choosing weights. */
export const weightPolicySchema = z.enum([
  'as_given',
  'divided_above_one',
  'divided_with_mask_only',
  'always_divided',
]);
