import { describe, expect, it } from 'vitest';
import { bar, failure, progressOf, raised, told, verdictOf } from './log-cases.ts';
import { shipped } from './profiles.ts';

const profile = shipped('humo-17b');
const OUTPUT = { path: 'output_seed666666.mp4', bytes: 5000 };

const say = (words: string, rank = '[Rank:0][LocalRank:0]'): string =>
  `2026-11-20 10:00:00,123 ${rank}[MainThread][Generator][INFO] ${words}\n`;

const BEGIN = [
  say('Load DiT model on meta.'),
  say('[RANK:0] DiT Parameters: 17.2G'),
  say('Use audio directly without vocals seperator.'),
].join('');

/** Four GPUs, each with a bar of its own, and what writes the video with others. */
const GOOD = [
  BEGIN,
  ...['', '', '', ''].map(() => bar('', 50)),
  'Moviepy - Building video out/output_seed666666.mp4.\n',
  bar('chunk:', 90),
  bar('t:', 97),
  'Moviepy - video ready out/output_seed666666.mp4\n',
  say('Finished output, saved to out/output_seed666666.mp4.'),
].join('');

const FAILURES = [
  failure(
    'gpu_memory',
    1,
    `${BEGIN}${raised('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has')}`,
    { wanted: '2.50 GiB' },
  ),
  failure('weights_download', 1, '[weights] error: HuMo: no space left\n', {
    ...{ reason: 'HuMo: no space left', retryable: true },
  }),
  failure('wrong_size', 1, raised('ValueError: Unsupported height 1024 for zero-vae')),
  failure('wrong_mode', 1, raised('IndexError: list index out of range')),
  failure('unreadable_sound', 1, raised('audioread.exceptions.NoBackendError')),
  failure(
    'missing_weights',
    1,
    raised("FileNotFoundError: [Errno 2] No such file or directory: './weights/HuMo/ema.pth'"),
    { file: './weights/HuMo/ema.pth' },
  ),
  failure(
    'missing_file',
    1,
    raised("FileNotFoundError: [Errno 2] No such file or directory: 'in/audio.wav'"),
  ),
  failure('wrong_gpus', 1, raised('RuntimeError: CUDA error: invalid device ordinal')),
  failure('port_taken', 1, raised('torch.distributed.DistNetworkError: EADDRINUSE'), { retryable: true }),
  failure('worker_killed', 1, 'Signal 9 (SIGKILL) received by PID 78\n', { retryable: true }),
  failure('program_error', 1, raised('RuntimeError: bad latent'), { reason: 'bad latent' }),
  failure('worker_failed', 1, 'torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n'),
];

describe('a log of HuMo', () => {
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
    expect(verdictOf(profile, BEGIN, 0, [OUTPUT])).toMatchObject({ outcome: 'failed' });
  });

  it.each([1, 7, 64, 100_000])('never goes back, read in pieces of %i bytes', (size) => {
    const { percents, stages } = progressOf(profile, GOOD, size);

    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(99);
    if (size === 1) {
      expect(stages).toEqual(['loading', 'listening', 'denoising', 'writing', 'saving']);
      expect(new Set(percents).size).toBeGreaterThan(30);
    }
  });
});
