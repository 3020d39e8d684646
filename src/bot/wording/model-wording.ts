import type { ErrorCode } from '../../core/errors.ts';
import { duration } from './numbers.ts';
import { why, whyAtTheEnd, whyInBrackets, withoutStop } from './reasons.ts';
import type { Parameters, Wording } from './wording.ts';

/** How a model, or the tool that looks into media files, ends badly. */
export const MODEL_WORDING = {
  'model.exit_code': {
    example: { exitCode: 1, detail: 'ValueError: shapes do not match' },
    say: (p) => ({
      sentence: `The model gave up${p.part('exitCode', (code) => ` with exit code ${code}`)}${whyAtTheEnd(p)}`,
      nextStep: 'Read the end of the log; retry if the cause is gone.',
    }),
  },
  'model.failure_signature': {
    example: {
      signature: 'out_of_memory',
      detail: 'CUDA out of memory. Tried to allocate 4 GiB',
      advice: 'Free the GPU and retry',
    },
    say: (p) => ({
      sentence: `${signature(p)}${whyAtTheEnd(p)}`,
      nextStep:
        p.part('advice', (advice) => `${withoutStop(advice)}.`) ||
        'Read the end of the log, mend the cause and retry.',
    }),
  },
  'model.guardrail': {
    example: { detail: 'the prompt contains "…"' },
    say: (p) => ({
      sentence: `Blocked by the model's own guardrail${whyAtTheEnd(p)}`,
      nextStep: 'Change the text or the video and run again.',
    }),
  },
  'model.output_missing': {
    example: { output: ['video'] },
    say: (p) => ({
      sentence: isUnproved(p)
        ? 'The model ended without an error, yet its log does not say that it has succeeded.'
        : `The model ended without an error, yet its result is not there${p.part('output', (output) => ` (${output})`)}.`,
      nextStep: 'Read the end of the log, then retry.',
    }),
  },
  'model.output_invalid': {
    example: { file: 'out/video.mp4', frames: 80, minimum: 121 },
    say: (p) => ({
      sentence: `The model ended without an error, yet ${p.text('output', p.text('file', 'its result'))} is not good${flaw(p)}.`,
      nextStep: 'Read the end of the log, then retry.',
    }),
  },
  'model.killed': {
    example: { signal: 'SIGKILL', detail: 'the machine ran out of memory' },
    say: (p) => ({
      sentence: `The model was killed from outside${p.part('signal', (signal) => ` (${signal})`)}${why(p) === '' ? '; the cause is unknown.' : whyAtTheEnd(p)}`,
      nextStep: 'Check what else runs on that host, then retry.',
    }),
  },
  'model.timed_out': {
    example: { limitMs: 7_200_000 },
    say: (p) => ({
      sentence: `The run took longer than it may${p.measure('limitMs', (value) => ` (${duration(value)})`)} and was stopped.`,
      nextStep: 'Retry with less to do, or raise `timeouts.run` in the configuration.',
    }),
  },
  'model.silent': {
    example: { limitMs: 1_800_000 },
    say: (p) => ({
      sentence: `The model said nothing for ${p.measure('limitMs', duration, 'too long')} and was stopped.`,
      nextStep: 'Retry; if it happens again, raise `timeouts.silence` in the configuration.',
    }),
  },

  'media.worker_failed': {
    example: { file: 'street.mp4', detail: 'out of memory' },
    say: (p) => ({
      sentence: `${p.text('file', 'The file')} could not be looked into${whyInBrackets(p)}.`,
      nextStep: 'Send it again; if that does not help, export it as an MP4 with H.264.',
    }),
  },
  'media.worker_timed_out': {
    example: { file: 'street.mp4', timeoutMs: 60_000 },
    say: (p) => ({
      sentence: `Looking into ${p.text('file', 'the file')} took too long${p.measure('timeoutMs', (value) => ` (over ${duration(value)})`)}.`,
      nextStep: 'Send a shorter or smaller file.',
    }),
  },

  'internal.unexpected': {
    example: {},
    // What was thrown may name files and hosts of the operator: it stands in the log only.
    say: () => ({
      sentence: 'Something went wrong inside the bot.',
      nextStep: 'Try again; if it stays so, tell whoever runs the bot the time: the log has the details.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** `out_of_memory` becomes `Out of memory`; a profile's title is taken as it is. */
function signature(p: Parameters): string {
  const words = withoutStop(
    p.text('title', p.text('signature', 'The model failed').replaceAll(/[_-]/g, ' ')),
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Every file is there, and only the line that proves the success is not. */
function isUnproved(p: Parameters): boolean {
  return p.has('marker') && !p.has('missing');
}

function flaw(p: Parameters): string {
  if (p.has('frames'))
    return `: it has ${p.text('frames')}${p.part('minimum', (minimum) => ` of at least ${minimum}`)} frames`;
  if (p.has('found') && p.has('expected'))
    return `: it is of the kind ${p.text('found')}, not ${p.text('expected')}`;
  return why(p) === '' ? '' : `: ${why(p)}`;
}
