import { z } from 'zod';
import { commandWordSchema, nameSchema, pathSchema, profileIdSchema } from './names.ts';
import { positiveSizeSchema, sizeSchema } from './size-schema.ts';
import { checkTransport, sshKeys } from './ssh-schema.ts';

/** Keys of a shipped profile with other values; the catalogue of profiles knows which there are. */
export const profileOverridesSchema = z.record(z.string(), z.unknown());

const gpuSchema = z.union([z.int().min(0), z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:._/-]*$/)]);

const laneSchema = z.strictObject({
  name: nameSchema.describe('Name of the lane, unique on its host: lower-case letters, digits and dashes.'),
  gpus: z
    .array(gpuSchema)
    .default([])
    .describe('Indices or UUIDs of the GPUs that a run gets, all of them at once; no two lanes share one.'),
  batch: z
    .boolean()
    .default(true)
    .describe('Whether runs that fit together share one load of their model, within `[queue.batch]`.'),
});

/** One host. */
export const hostSchema = z
  .strictObject({
    name: nameSchema.describe('Name of the host, unique: lower-case letters, digits and dashes.'),
    transport: z
      .enum(['local', 'ssh'])
      .default('local')
      .describe('How the host is reached: `local` is this machine.'),
    ...sshKeys,
    engine: z.enum(['process', 'docker']).default('process').describe('How a run is started there.'),
    docker_command: z
      .exactOptional(z.array(commandWordSchema).min(1))
      .describe(
        'Program and first words of Docker on the host, such as `["sudo", "docker"]`. Default: `["docker"]`. Only for the engine `docker`.',
      ),
    work_dir: z
      .exactOptional(pathSchema)
      .describe(
        'Directory on the host for inputs, attempts and outputs; absolute for `ssh`. Default: `host` in the data directory, on this machine only.',
      ),
    asset_quota: positiveSizeSchema
      .default('100GB')
      .describe(
        'Size of the inputs that the host keeps for later runs, such as `500GB`: those that were not used for the longest time go first. No file larger than this is sent.',
      ),
    lanes: z
      .array(laneSchema)
      .min(1)
      .prefault([{ name: 'cpu' }])
      .describe('Each lane executes one run at a time.'),
    gpu_idle_memory: sizeSchema
      .default('1GB')
      .describe(
        'Memory of a GPU that may be in use while nothing runs on it, such as `2GB`: a lane with GPUs takes its next run when no more is. More is for a screen or a service that shares the GPU.',
      ),
    models: z
      .union([
        z.array(profileIdSchema).min(1),
        z
          .record(profileIdSchema, profileOverridesSchema)
          .refine((models) => Object.keys(models).length > 0, {
            params: {
              code: 'config.out_of_range',
              parameters: { given: 'table', measure: 'entries', minimum: 1 },
            },
          })
          .meta({ minProperties: 1 }),
      ])
      .describe(
        'Ids of the models that the host runs; or one table for each of them, with what is different on this host.',
      ),
  })
  .superRefine((host, context) => {
    // A key that was misspelt is told as that.
    if (context.issues.length === 0) checkTransport(host, context);
  });

/** `[[hosts]]`. Names and GPUs are compared with each other by `hostProblems`. */
export const hostsSchema = z
  .array(hostSchema)
  .min(1)
  .prefault([{ name: 'here', models: ['preview'] }])
  .describe('Machines that execute runs.');

export type HostSettings = z.output<typeof hostSchema>;
