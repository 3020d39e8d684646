import { describe, expect, it } from 'vitest';
import { bar, failure, progressOf, raised, told, verdictOf } from './log-cases.ts';
import { shipped } from './profiles.ts';

const profile = shipped('cosmos3');
const OUTPUT = { path: 'output/vision.mp4', bytes: 5000 };

const say = (words: string, level = 'INFO', job = 'output'): string =>
  `[11-20 10:00:00|job=${job}|${level}|cosmos_framework/inference/inference.py:123:generate] ${words}\n`;

const BEGIN = [
  say('Loaded 1 samples', 'INFO', ''),
  say('Loading model from Cosmos3-Nano', 'INFO', ''),
  say('Successfully loaded model from Cosmos3-Nano', 'INFO', ''),
  say('Time taken to load model: 41.0 seconds', 'INFO', ''),
  say("Saved sample args to 'out/output/sample_args.json'"),
].join('');

/** Two parts, each with a bar of its own. */
const GOOD = [
  BEGIN,
  say('Computing edge control input on the fly'),
  say('[transfer] final user prompt: A rainy street. The video follows the edges.'),
  bar('Sampling: ', 35),
  bar('Sampling: ', 35),
  say("Saved control video to 'out/output/control_edge.mp4'"),
  say("Saved transfer outputs to 'out/output/sample_outputs.json'", 'SUCCESS'),
].join('');

const FAILURES = [
  failure('blocked', 1, say("Error generating sample 'output': Guardrail blocked prompt", 'ERROR'), {
    what: 'prompt',
  }),
  failure(
    'missing_control',
    1,
    `${BEGIN}${raised("FileNotFoundError: Missing pre-computed control input for 'depth'.")}`,
    { control: 'depth' },
  ),
  failure(
    'gpu_memory',
    1,
    `${BEGIN}${raised('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has')}`,
    { wanted: '2.50 GiB' },
  ),
  failure('bad_spec', 1, raised("ValueError: Error validating parameters from 'spec.json' at sample 0")),
  failure('bad_spec', 1, say('Path does not point to a file: in/color.mp4', 'ERROR')),
  failure('bad_weights', 1, raised('AssertionError: sum of weights must be above 0')),
  failure('gated', 1, raised('huggingface_hub.errors.GatedRepoError: 401 Client Error.')),
  failure('missing_file', 1, raised('FileNotFoundError: [Errno 2] No such file or directory: weights')),
  failure('port_taken', 1, raised('torch.distributed.DistNetworkError: EADDRINUSE'), { retryable: true }),
  failure('worker_killed', 1, 'Signal 9 (SIGKILL) received by PID 78\n', { retryable: true }),
  failure('program_error', 1, raised('RuntimeError: No CUDA GPUs are available'), {
    reason: 'No CUDA GPUs are available',
  }),
  failure('worker_failed', 1, raised('RuntimeError: A different GPU rank failed.')),
];

describe('a log of cosmos3', () => {
  it.each(FAILURES)('is told as $signature', (failed) => {
    const { log, exitCode } = failed;
    expect(verdictOf(profile, log, exitCode)).toMatchObject(told(failed, { advice: expect.any(String) }));
  });

  it('is there for every failure that the profile knows', () => {
    const known = profile.failures.map(({ key }) => key);
    expect([...new Set(FAILURES.map(({ signature }) => signature))]).toEqual(known);
  });

  it('is a success with the video and the line alone, never by the exit code', () => {
    expect(verdictOf(profile, GOOD, 0, [OUTPUT])).toMatchObject({ outcome: 'done' });
    expect(verdictOf(profile, GOOD, 0)).toMatchObject({ problem: { code: 'model.output_missing' } });
    // With --keep-going a blocked sample leaves its arguments, and 0.
    const early = [{ path: 'output/sample_args.json', bytes: 100 }];
    expect(verdictOf(profile, BEGIN, 0, early)).toMatchObject({ outcome: 'failed' });
  });

  it('takes the first cause, and not what the other GPUs say of it', () => {
    const log = `${raised('RuntimeError: A different GPU rank failed.')}${raised('ValueError: bad latent')}`;
    expect(verdictOf(profile, log, 1)).toMatchObject({
      problem: { parameters: { signature: 'program_error', reason: 'bad latent' } },
    });
  });

  it.each([1, 7, 64, 100_000])('never goes back, read in pieces of %i bytes', (size) => {
    const { percents, stages } = progressOf(profile, GOOD, size);

    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(99);
    if (size === 1) {
      expect(stages).toEqual(['loading', 'controls', 'denoising', 'saving']);
      expect(new Set(percents).size).toBeGreaterThan(40);
    }
  });
});
