import { z } from 'zod';
import type { TimeoutsConfig } from './config.ts';
import { toMs } from './run-timeouts.ts';

/** Twenty days: a timer of the runtime takes no more than 2^31 ms (24.8 days). */
const LONGEST_SECONDS = 20 * 24 * 3600;

/** A timeout in seconds: at least 0.1 if nothing else is said, and no more than a timer takes. */
export function timeoutSeconds(least = 0.1) {
  return z.number().min(least).max(LONGEST_SECONDS);
}

/** `[timeouts]` of the configuration file, in seconds. */
export const timeoutsSchema = z.strictObject({
  run: timeoutSeconds()
    .default(4 * 3600)
    .describe(
      'Seconds from the start of an attempt until it is stopped as timed out. A model may set its own.',
    ),
  // GPU processes that wait for each other in vain give up by themselves after 1800 s, and say why: let them.
  silence: timeoutSeconds()
    .default(2400)
    .describe('Longest time in seconds without anything new in the log of a run. A model may set its own.'),
  cancel_grace: timeoutSeconds(0)
    .default(30)
    .describe('Seconds between the stop signal and the kill. A model may set its own.'),
  media: timeoutSeconds().default(300).describe('Deadline in seconds for one look into a media file.'),
  stale_command: timeoutSeconds()
    .default(300)
    .describe('Age in seconds from which a chat command is answered instead of executed.'),
});

/** The same in ms. */
export function toTimeouts(settings: z.output<typeof timeoutsSchema>): TimeoutsConfig {
  return {
    runMs: toMs(settings.run),
    silenceMs: toMs(settings.silence),
    cancelGraceMs: toMs(settings.cancel_grace),
    mediaMs: toMs(settings.media),
    staleCommandMs: toMs(settings.stale_command),
  };
}
