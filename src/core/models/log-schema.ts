import { z } from 'zod';
import { timeoutSeconds } from '../config/timeouts-schema.ts';
import { OUTPUT_KINDS } from '../runs/run.ts';
import { count, name, pattern, words } from './schema-basics.ts';

const stage = z.strictObject({
  key: name,
  title: words,
  begins: pattern.describe('The line with which it begins'),
  share: z
    .number()
    .positive()
    .default(1)
    .describe('Part of the whole run, in proportion to the other stages'),
  per_chunk: z
    .boolean()
    .default(false)
    .describe('Comes again for each chunk; such stages stand side by side and share their part'),
});

const bar = z.strictObject({
  pattern: pattern.describe(
    'With the groups (?<current>…) and (?<total>…); (?<rank>…) where several ranks print',
  ),
  stage: name
    .exactOptional()
    .describe('The stage that it measures; where it is not said, the one that is on'),
  counts: z
    .enum(['steps', 'chunks'])
    .default('steps')
    .describe('steps: of its stage. chunks: finished parts of the whole; their number is taken from the bar'),
});

/** How `run.log` tells where the model is. */
export const progressSchema = z.strictObject({
  stages: z.array(stage).default([]).describe('In order'),
  bars: z.array(bar).default([]).describe('The first whose pattern fits counts'),
});

const output = z.strictObject({
  kind: z.enum(OUTPUT_KINDS),
  path: z.string().min(1).describe('Glob below out/, with forward slashes'),
  purpose: z.enum(['primary', 'control']).default('primary'),
  label: words.describe('Short name, such as video or edge'),
  min_frames: count.exactOptional().describe('Of a video'),
  required: z.boolean().default(true),
  from_log: z
    .strictObject({
      begins: pattern.describe(
        'The line with the text, which is its group (?<text>…); the last such line counts',
      ),
      ends: pattern
        .exactOptional()
        .describe('A line that is not part of the text any more; without it, the text is the one line'),
    })
    .exactOptional()
    .describe(
      'Of a text that the model prints and writes nowhere; path is then the name of the file that is kept',
    ),
});

/** What must be true for a run to be done: all of it. */
export const successSchema = z.strictObject({
  exit_codes: z.array(z.number().int().min(0).max(255)).min(1).default([0]),
  marker: pattern.exactOptional().describe('A line that must be in the log'),
  outputs: z.array(output).min(1),
});

/** What is really looked at for forbidden content, whatever the model claims to have. */
export const guardrailSchema = z.strictObject({
  applied: z
    .enum(['builtin', 'none', 'not_in_this_path'])
    .describe(
      'builtin: the model checks by itself; none: it has nothing to check with; not_in_this_path: it has, and this way of running it does without',
    ),
  checks: z
    .array(z.enum(['prompt', 'video']))
    .default([])
    .describe('What a builtin guardrail looks at'),
  fail_open: z
    .boolean()
    .default(false)
    .describe('Where a checker breaks, the model goes on as if it had passed'),
});

const hangs = z.strictObject({
  min_gpus: z.number().int().min(0).default(0).describe('Only on lanes with at least so many GPUs'),
  after_seconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('How long it may take to end by itself all the same'),
});

/** One known way to fail. The first in the order of the file that was seen in the log counts. */
export const failureSchema = z.strictObject({
  key: name,
  pattern: pattern.describe('Named groups become parameters of the message'),
  outcome: z.enum(['failed', 'blocked']).default('failed').describe('blocked: by the model’s own guardrail'),
  retryable: z
    .boolean()
    .default(false)
    .describe('The same run may pass later without anybody mending anything'),
  out_of_memory: z
    .boolean()
    .default(false)
    .describe('Memory ran out: a batch is tried again with half as many runs'),
  hangs: hangs
    .exactOptional()
    .describe(
      'With this line the job is over and does not end by itself: it is stopped, and its end is this failure. In a batch nothing that comes after the line counts',
    ),
  advice: words.exactOptional().describe('What to do next'),
});

const sample = z.strictObject({
  frames: count,
  width: count,
  height: count,
  steps: count.default(1),
  seconds: z.number().positive(),
  gpu: words.exactOptional(),
});

/** Measured runs from which the first estimates come; runs of one's own replace them. */
export const timingSchema = z.strictObject({
  steps_parameter: name.exactOptional().describe('The parameter that multiplies the work'),
  frames_parameter: name
    .exactOptional()
    .describe('The parameter that says how many frames of a video are worked on at most'),
  scales_with: z
    .array(z.enum(['frames', 'pixels', 'steps']))
    .default(['frames', 'pixels', 'steps'])
    .describe('What the time grows with; frames count in whole chunks'),
  growth: z
    .number()
    .min(1)
    .max(2)
    .default(1)
    .describe(
      'How steeply with frames and pixels, as a power: 1 in proportion, 2 with the square, as where every point of a video looks at all others',
    ),
  load_seconds: z
    .number()
    .min(0)
    .default(0)
    .describe('Part of a run that the runs of a batch have once: loading the model'),
  samples: z.array(sample).default([]),
});

/** Replace the bot's own `[timeouts]`, seconds, within the same bounds. */
export const timeoutsSchema = z.strictObject({
  run: timeoutSeconds().exactOptional(),
  silence: timeoutSeconds().exactOptional().describe('Longest time without a new byte in the log'),
  cancel_grace: timeoutSeconds(0).exactOptional().describe('Between the stop signal and the kill'),
});
