import { z } from 'zod';
import type { BatchLimits } from './config.ts';
import { toMs } from './run-timeouts.ts';

const batchSchema = z.strictObject({
  max_items: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe(
      'Runs that share one load of a model at most; 1: each run has its own. A model may allow fewer.',
    ),
  max_overtaken: z
    .int()
    .min(0)
    .max(1000)
    .default(4)
    .describe(
      'By how many later runs a waiting run is overtaken at most, because they fit to one before it and it does not.',
    ),
  max_seconds: z
    .number()
    .min(1)
    .max(1_000_000)
    .default(3600)
    .describe('Longest time in seconds that runs which are put together are expected to take, all of them.'),
});

/** `[queue]` of the configuration file. */
export const queueSchema = z.strictObject({
  batch: batchSchema.prefault({}).describe('How runs that fit together share one load of their model.'),
});

/** The same, with times in ms. */
export function toQueue({ batch }: z.output<typeof queueSchema>): { readonly batch: BatchLimits } {
  return {
    batch: {
      maxItems: batch.max_items,
      maxOvertaken: batch.max_overtaken,
      maxMs: toMs(batch.max_seconds),
    },
  };
}
