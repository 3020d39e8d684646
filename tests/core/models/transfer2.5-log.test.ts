import { describe, expect, it } from 'vitest';
import { bar, failure, progressOf, raised, told, verdictOf } from './log-cases.ts';
import { shipped } from './profiles.ts';

const profile = shipped('transfer2.5');
const OUTPUT = { path: 'output.mp4', bytes: 5000 };

const info = (where: string, words: string, level = 'INFO'): string =>
  `[11-20 10:00:00|${level}|${where}:123:run] ${words}\n`;
const own = (words: string, level?: string): string => info('cosmos_transfer2/inference.py', words, level);
/** Told on the console with `COSMOS_VERBOSE` alone. */
const inner = (words: string, level?: string): string =>
  info('cosmos_transfer2/_src/transfer2/inference/inference_pipeline.py', words, level);
const bars = (): string => bar('Generating samples: ', 35);

const BEGIN = [
  info('cosmos_transfer2/init.py', 'Log saved to out/console.log'),
  own('Found 1 hint keys across all samples'),
  own('Saved config to out/config.yaml'),
  own("Generating 1 samples: ['output']"),
  own('[1/1] Processing sample output'),
  own('Saved arguments to out/output.json'),
  own('Running guardrail check on prompt...'),
].join('');

/** Two parts on two GPUs, each of which draws the bar. */
const GOOD = [
  BEGIN,
  own('Passed guardrail on prompt'),
  own('Passed guardrail on negative prompt'),
  own('Processing the following paths: in/color.mp4'),
  inner('Loading input video...'),
  inner('Computing prompt text embeddings...'),
  inner('Seed: 2025'),
  inner('Generating chunk 1/2'),
  ...[bars(), bars()],
  inner('Generating chunk 2/2'),
  ...[bars(), bars()],
  inner('Average time per chunk: 125.1'),
  own('edge control video saved to out/output_control_edge.mp4'),
  own('Running guardrail check on video...'),
  own('Passed guardrail on generated video'),
  own('Generated video saved to out/output.mp4', 'SUCCESS'),
].join('');

/** What is printed, and with which exit code, in the order of the table of failures. */
const FAILURES = [
  failure('blocked_prompt', 0, `${BEGIN}${own('Guardrail blocked generation. Prompt: gore', 'CRITICAL')}`),
  failure(
    'blocked_prompt',
    0,
    `${BEGIN}${inner('GUARDRAIL BLOCKED: BLOCKLIST: Prompt is blocked', 'CRITICAL')}`,
    { reason: 'Prompt is blocked' },
  ),
  failure(
    'blocked_video',
    0,
    `${BEGIN}${own('Running guardrail check on video...')}${inner('GUARDRAIL BLOCKED: VIDEOCONTENTSAFETYFILTER: unsafe frames detected', 'CRITICAL')}`,
  ),
  failure('blocked', 1, `${BEGIN}${raised('Exception: Guardrail blocked by another check')}`),
  failure(
    'gpu_memory',
    1,
    `${BEGIN}${raised('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has')}`,
    { wanted: '2.50 GiB' },
  ),
  failure('bad_spec', 1, own("Error validating parameters from 'spec.json' at line 1", 'ERROR')),
  failure('bad_spec', 1, raised("KeyError: '4k'")),
  failure(
    'no_depth',
    1,
    `${BEGIN}${inner('Failed to compute depth: no weights', 'ERROR')}${raised("TypeError: 'NoneType' object is not subscriptable")}`,
    { reason: 'no weights' },
  ),
  failure('unreadable_video', 1, `${BEGIN}${raised('ValueError: Failed to read video in/color.mp4')}`),
  failure(
    'gated',
    1,
    raised("subprocess.CalledProcessError: Command '['uvx', 'hf@1.3.5', 'download', 'nvidia/x']' returned 1"),
  ),
  failure('missing_file', 1, raised('FileNotFoundError: [Errno 2] No such file or directory: weights.pt')),
  failure('port_taken', 1, raised('torch.distributed.DistNetworkError: EADDRINUSE'), { retryable: true }),
  failure('worker_killed', 1, 'Signal 9 (SIGKILL) received by PID 78\n', { retryable: true }),
  failure('program_error', 1, raised('RuntimeError: No CUDA GPUs are available'), {
    reason: 'No CUDA GPUs are available',
  }),
  failure('worker_failed', 1, 'torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n'),
];

const verdict = (log: string, exitCode: number, outputs: readonly { path: string; bytes: number }[]) =>
  verdictOf(profile, log, exitCode, outputs);

describe('a log of transfer2.5', () => {
  it.each(FAILURES)('is told as $signature with exit code $exitCode', (failed) => {
    const { log, exitCode } = failed;
    expect(verdict(log, exitCode, [])).toMatchObject(told(failed, { advice: expect.any(String) }));
  });

  it('is there for every failure that the profile knows', () => {
    const known = profile.failures.map(({ key }) => key);
    expect([...new Set(FAILURES.map(({ signature }) => signature))]).toEqual(known);
  });

  it('is a success with the video and the line alone, never by the exit code', () => {
    expect(verdict(GOOD, 0, [OUTPUT])).toMatchObject({ outcome: 'done', outputs: [{ label: 'video' }] });
    expect(verdict(GOOD, 0, [])).toMatchObject({ problem: { code: 'model.output_missing' } });
    // The arguments are written before anything is computed.
    const early = [{ path: 'output.json', bytes: 100 }];
    expect(verdict(BEGIN, 0, early)).toMatchObject({ problem: { code: 'model.output_missing' } });
  });

  it('takes no guardrail from what people wrote', () => {
    const prompt = '"prompt": "the sign says Guardrail blocked generation. Prompt: no"';
    expect(verdict(`${own(`{${prompt}}`)}${GOOD}`, 0, [OUTPUT]).outcome).toBe('done');
  });

  it.each([1, 7, 64, 100_000])('never goes back, read in pieces of %i bytes', (size) => {
    const { percents, stages } = progressOf(profile, GOOD, size);

    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(99);
    if (size === 1) {
      const before = ['loading', 'checking_prompt', 'reading', 'reading_prompt'];
      expect(stages).toEqual([...before, 'denoising', 'checking_video', 'saving']);
      expect(new Set(percents).size).toBeGreaterThan(40);
    }
  });
});
