import type { ErrorCode } from '../../core/errors.ts';
import { duration } from './numbers.ts';
import type { Parameters, Wording } from './wording.ts';

/** How a model, or the tool that looks into media files, ends badly. */
export const MODEL_WORDING = {
  'model.exit_code': {
    example: { exitCode: 1, detail: 'ValueError: shapes do not match' },
    say: (p) => ({
      sentence: `The model gave up${p.part('exitCode', (code) => ` with exit code ${code}`)}${last(p)}`,
      nextStep: 'Read the end of the log; retry if the cause is gone.',
    }),
  },
  'model.failure_signature': {
    example: { title: 'The GPU ran out of memory', detail: 'CUDA out of memory', advice: 'Free the GPU and retry' },
    say: (p) => ({
      sentence: `${stop(p.text('title', p.text('signature', 'The model failed')))}${last(p)}`,
      nextStep: p.part('advice', (advice) => `${stop(advice)}.`) || 'Read the end of the log, mend the cause and retry.',
    }),
  },
  'model.guardrail': {
    example: { detail: 'the prompt contains "…"' },
    say: (p) => ({
      sentence: `Blocked by the model's own guardrail${last(p)}`,
      nextStep: 'Change the text or the video and run again.',
    }),
  },
  'model.output_missing': {
    example: { output: 'the video' },
    say: (p) => ({
      sentence: `The model ended without an error, yet ${p.text('output', 'its result')} is not there.`,
      nextStep: 'Read the end of the log, then retry.',
    }),
  },
  'model.output_invalid': {
    example: { output: 'the video', detail: 'it has 80 of 121 frames' },
    say: (p) => ({
      sentence: `The model ended without an error, yet ${p.text('output', 'its result')} is not good${last(p)}`,
      nextStep: 'Read the end of the log, then retry.',
    }),
  },
  'model.killed': {
    example: { detail: 'the machine ran out of memory' },
    say: (p) => ({
      sentence: `The model was killed from outside${p.has('detail') ? last(p) : '; the cause is unknown.'}`,
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
      sentence: `${p.text('file', 'The file')} could not be looked into${p.part('detail', (text) => ` (${stop(text)})`)}.`,
      nextStep: 'Send it again; if that does not help, export it as an MP4 with H.264.',
    }),
  },
  'media.worker_timed_out': {
    example: { file: 'street.mp4', limitMs: 60_000 },
    say: (p) => ({
      sentence: `Looking into ${p.text('file', 'the file')} took too long${p.measure('limitMs', (value) => ` (over ${duration(value)})`)}.`,
      nextStep: 'Send a shorter or smaller file.',
    }),
  },

  'internal.unexpected': {
    example: { detail: 'Cannot read properties of null' },
    say: (p) => ({
      sentence: `Something went wrong inside the bot${p.part('detail', (text) => ` (${stop(text)})`)}.`,
      nextStep: 'Try again; if it stays so, tell whoever runs the bot, with the time and this text.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

/** `: <what the model said>.`, or a full stop. */
function last(p: Parameters): string {
  return `${p.part('detail', (text) => `: ${stop(text)}`)}.`;
}

function stop(text: string): string {
  return text.replace(/\.$/, '');
}
