import { z } from 'zod';
import { secretSchema } from '../config/secret.ts';
import { RESERVED_NAMES } from '../ports/host.ts';
import { count, environmentName, name, role, words } from './schema-basics.ts';
import type { SpecValue } from './spec-object.ts';

export const relativePath = z
  .string()
  .regex(/^[\w.@+-]+(\/[\w.@+-]+)*$/, 'must be a relative path of plain letters, digits, ".", "_" and "-"')
  .refine(
    (path) => !path.split('/').some((name) => name === '.' || name === '..'),
    'must not hold "." or ".."',
  )
  .refine((path) => !RESERVED_NAMES.has(path.split('/')[0] ?? ''), 'is a place that the bot uses itself');

export const template: z.ZodType<SpecValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(template), z.record(z.string(), template)]),
);

/** A file that the bot writes into the attempt directory before the model starts. */
export const fileSchema = z.strictObject({
  path: relativePath.describe('Relative to the attempt directory'),
  format: z.enum(['json', 'jsonl']).default('json').describe('jsonl writes the object on one line'),
  path_base: z
    .enum(['absolute', 'cwd', 'spec_dir'])
    .default('absolute')
    .describe('What the model takes paths in this file to be relative to'),
  content: z
    .record(z.string(), template)
    .default({})
    .describe(
      'The fixed part; parameters and controls are added to it. {placeholders} stand in text and keys',
    ),
  omit_when_empty: z
    .array(z.string())
    .default([])
    .describe('Keys (dotted) that are left out when their text is empty or their input is not given'),
});

/** The program that is started for an attempt, without any shell. */
export const commandSchema = z.strictObject({
  argv: z
    .array(z.string().min(1))
    .min(1)
    .describe('Program and arguments; {flags} is where parameters with a flag go (else at the end)'),
  working_directory: z
    .string()
    .min(1)
    .default('.')
    .describe('Relative to the attempt directory, or absolute as the job sees it'),
  environment: z
    .record(environmentName, z.string())
    .default({})
    .describe('The job gets these and no others of the bot'),
  secret_environment: z
    .record(environmentName, secretSchema)
    .default({})
    .describe(
      'References; never the secrets themselves. The job gets their values, and nothing else shows them',
    ),
});

const mount = z.strictObject({
  source: z.string().min(1).describe('Path on the host'),
  target: z.string().startsWith('/').describe('Path in the container'),
  read_only: z.boolean().default(true),
});

/** How the command runs in a container, on hosts whose engine has containers. */
export const containerSchema = z.strictObject({
  image: z.string().min(1),
  gpu_flags: z
    .array(z.string().min(1))
    .default(['--gpus', '"device={gpus}"'])
    .describe('Only used on lanes with GPUs. The inner quotes are needed for several GPUs'),
  mounts: z.array(mount).default([]),
  shm_size: z
    .string()
    .regex(/^\d+[bkmg]?$/)
    .exactOptional()
    .describe('Shared memory, such as 8g'),
  ipc: z.enum(['private', 'host', 'shareable']).exactOptional(),
  network: z.enum(['none', 'host', 'bridge']).exactOptional(),
  user: z
    .enum(['host', 'image'])
    .default('host')
    .describe(
      'host: the user that the bot has on the host, so that files stay removable; image: what the image says',
    ),
  entrypoint: z.string().exactOptional().describe('Replaces the image’s entrypoint; empty text removes it'),
  flags: z.array(z.string().min(1)).default([]).describe('Further words, before the image'),
});

const gigabytes = z.number().positive();

/** A key of a table; TOML has numbers as keys, without quotes. */
const gpuCount = z.string().regex(/^[1-9]\d{0,3}$/, 'must be a number of GPUs, from 1');

/** Where the model can run. */
export const requiresSchema = z.strictObject({
  transports: z
    .array(z.enum(['local', 'ssh']))
    .min(1)
    .default(['local', 'ssh'])
    .describe('How its hosts may be reached'),
  min_gpus: z.number().int().min(0).default(0).describe('GPUs that each lane of its hosts must have'),
  max_gpus: z.number().int().min(0).exactOptional(),
  min_vram_gb: z
    .union([gigabytes, z.record(gpuCount, gigabytes)])
    .exactOptional()
    .describe(
      'Memory of each GPU, as it is sold; or a table by the number of GPUs of a lane, of which the entry with the largest number that the lane has counts: { 1 = 96, 2 = 80 }',
    ),
});

/** What the model makes of the text. */
export const textSchema = z.strictObject({
  max_bytes: count.exactOptional().describe('Of the UTF-8 text of a prompt; longer ones are refused'),
  forbids: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Pieces that neither the text nor the negative text may hold: the model would read them as something else',
    ),
  forbids_json_object: z
    .boolean()
    .exactOptional()
    .describe('The text must not be a JSON object: the model would read it as a prompt with fields'),
});

/** What files must be like for the model to take them. */
export const mediaSchema = z.strictObject({
  min_frames: count.default(1).describe('Of each video'),
  max_frames: count.exactOptional(),
  max_pixels: count.exactOptional().describe('Width × height of each video or image'),
  sizes: words.exactOptional().describe('What the model does with sizes, in one sentence'),
  buckets: z
    .array(z.tuple([count, count]))
    .default([])
    .describe('Sizes that the model makes, as [width, height]: it takes the one nearest in shape'),
  output_scale: z
    .number()
    .positive()
    .default(1)
    .describe('How many times as wide as its bucket the result is'),
  chunk: z
    .strictObject({
      length: count.describe('Frames that the model makes at a time'),
      overlap: z.number().int().min(0).default(0).describe('Frames that a part shares with the one before'),
    })
    .exactOptional(),
  made: z
    .strictObject({
      frames: name.describe('The parameter that says how many frames the video has'),
      width: name.describe('The parameter that says how wide it is'),
      height: name.describe('The parameter that says how high it is'),
      fps: z.number().positive().max(240).describe('Its frames per second'),
      ends_with: role
        .exactOptional()
        .describe('The sound with which the video ends where that is shorter; all frames are computed'),
    })
    .exactOptional()
    .describe('The video that the model makes, where settings say what it is, and no file'),
});
