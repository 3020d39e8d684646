import { z } from 'zod';
import { relativePath, template } from './job-schema.ts';
import { conditionsSchema } from './rule-schema.ts';
import { dottedKey, name, pattern, words } from './schema-basics.ts';

/**
 * How several runs share one load of the model: it works them off one after the other and keeps what each of them
 * gives at a place of its own, whatever becomes of the others.
 */
export const batchSchema = z.strictObject({
  max_items: z.number().int().min(2).max(64).describe('Most runs that are put together'),
  path: relativePath.describe('The list of the runs, relative to the attempt directory; {items} is its path'),
  format: z
    .enum(['jsonl', 'json', 'object'])
    .default('jsonl')
    .describe('jsonl: an entry on each line; json: a list of entries; object: an object with a key for each'),
  path_base: z
    .enum(['absolute', 'cwd', 'spec_dir'])
    .default('absolute')
    .describe('What the model takes paths in the list to be relative to'),
  key: z.string().min(1).exactOptional().describe('Key of each entry of an object, such as run_{index}'),
  replaces: name
    .exactOptional()
    .describe('The one of [files] that is not written then: its placeholder is the path of the list'),
  whole: z
    .boolean()
    .default(false)
    .describe('Each entry begins as the replaced file would be for its run alone'),
  content: z
    .record(z.string(), template)
    .default({})
    .describe('Of each entry, over what it begins with. What it names may differ from run to run'),
  omit_when_empty: z.array(z.string()).default([]).describe('As in [files]'),
  parameters: z
    .record(name, dottedKey)
    .default({})
    .describe('Further parameters that may differ, with the key of each in an entry'),
  controls: dottedKey
    .exactOptional()
    .describe(
      'Key of an entry below which its controls stand: weights, files and their parameters may differ',
    ),
  same_controls: z
    .boolean()
    .default(true)
    .describe('Only runs with the same controls are put together: a control cannot be taken away from one'),
  unless: z
    .array(conditionsSchema)
    .default([])
    .describe('Runs for which one of these holds are never put together with others'),
  argv: z.array(z.string().min(1)).default([]).describe('Further words of the command'),
  folder: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Folder below out/ in which the outputs of a run lie, such as video_{index}'),
  outputs: z
    .record(words, z.string().min(1))
    .default({})
    .describe('Globs of outputs that lie elsewhere, by label; {index} is the place of the run, from 0'),
  identity: words
    .exactOptional()
    .describe('Label of an output that holds the text of its run: others are not taken for its own'),
  begins: pattern.describe('The line with which the next run begins'),
  ends: pattern.describe(
    'The line after which all that a run gives is there; (?<index>…) where it names its place',
  ),
});
