import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/core/models/outcome.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { shipped } from './profiles.ts';

const profile = shipped('transfer1-enhance');
const MODEL = 'checkpoints/nvidia/Cosmos-UpsamplePrompt1-12B-Transfer';
const SCRIPT = 'cosmos_transfer1/auxiliary/upsampler/inference/upsampler_pipeline.py';

/** As vLLM prints it. */
const info = (file: string, text: string): string => `INFO 11-20 10:00:00 [${file}] ${text}`;
const LOADED = [
  info('__init__.py:239', 'Automatically detected platform cuda.'),
  info('config.py:209', 'Defaulting to use mistral format.'),
  info('core.py:58', `Initializing a V1 LLM engine (v0.8.1) with config: model='${MODEL}', max_seq_len=4096`),
  'Loading safetensors checkpoint shards:   0% Completed | 0/1 [00:00<?, ?it/s]',
  info('loader.py:429', 'Loading weights took 21.30 seconds'),
  info('core.py:151', 'init engine (profile, create kv cache, warmup model) took 44.71 seconds'),
];
const TEXT = 'A rainy street at night. Neon signs mirror themselves in the wet asphalt.';
const END = [
  'Processed prompts: 100%|██████████| 1/1 [00:07<00:00,  7.52s/it, est. speed input: 259.31 toks/s]',
  `Upsampled prompt: ${TEXT}`,
  '[rank0]:[W1120 10:02:00.1 ProcessGroupNCCL.cpp:1496] Warning: destroy_process_group() was not called',
];

/** As torchrun ends after a worker that has printed `exception`. */
function failed(exception: string, exitCode = 1): readonly string[] {
  return [
    ...LOADED.slice(0, 3),
    '[rank0]: Traceback (most recent call last):',
    `[rank0]:   File "/workspace/${SCRIPT}", line 38, in main`,
    `[rank0]: ${exception}`,
    'torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ',
    `${SCRIPT} FAILED`,
    `  exitcode  : ${exitCode} (pid: 78)`,
  ];
}

/** How each way to fail that the profile knows is told. */
const FAILURES: readonly (readonly [signature: string, log: readonly string[], groups?: object])[] = [
  [
    'gpu_memory',
    failed('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has'),
    { wanted: '2.50 GiB' },
  ],
  [
    'gpu_memory',
    failed(
      'ValueError: Free memory on device (20.1/79.3 GiB) on startup is less than desired GPU memory utilization (0.98, 77.7 GiB).',
    ),
  ],
  [
    'too_long',
    failed(
      'ValueError: The decoder prompt (length 4157) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller',
    ),
  ],
  [
    'missing_checkpoint',
    failed(
      `huggingface_hub.errors.HFValidationError: Repo id must be in the form 'repo_name' or 'namespace/repo_name': '${MODEL}'. Use`,
    ),
    { file: MODEL },
  ],
  ['gated', failed('huggingface_hub.errors.GatedRepoError: 403 Client Error. (Request ID: Root=1)')],
  [
    'unreadable_video',
    [
      '[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55] moov atom not found',
      ...failed('IndexError: list index out of range'),
    ],
  ],
  ['no_environment', failed("KeyError: 'OMP_NUM_THREADS'"), { variable: 'OMP_NUM_THREADS' }],
  [
    'bad_usage',
    [
      'usage: upsampler_pipeline.py [-h] [--prompt PROMPT]',
      'upsampler_pipeline.py: error: unrecognized arguments: --steps 3',
    ],
    { usage: 'unrecognized arguments: --steps 3' },
  ],
  [
    'port_taken',
    [
      'torch.distributed.DistNetworkError: The server socket has failed to listen on any local network address. port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use',
    ],
    { retryable: true },
  ],
  ['worker_killed', failed('Killed', -9), { retryable: true }],
  [
    'program_error',
    failed('RuntimeError: No CUDA GPUs are available'),
    { reason: 'No CUDA GPUs are available' },
  ],
  ['worker_failed', ['torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ']],
];

function trackerOf(lines: readonly string[]): ProgressTracker {
  const tracker = new ProgressTracker(profile);
  tracker.feed(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  return tracker;
}

function verdict(lines: readonly string[], exitCode: number) {
  return judge({ profile, exitCode, log: trackerOf(lines), outputs: [] });
}

describe('a log of transfer1-enhance', () => {
  it('is a success by its one line, which is the result', () => {
    expect(verdict([...LOADED, ...END], 0)).toMatchObject({
      outcome: 'done',
      outputs: [{ path: 'prompt.txt', kind: 'text', purpose: 'primary', label: 'text', text: TEXT }],
    });
  });

  it.each([
    ['that is not there', LOADED],
    ['that is empty', [...LOADED, 'Upsampled prompt: ']],
  ])('with a text %s is none, also with exit code 0', (_what, lines) => {
    expect(verdict(lines, 0)).toMatchObject({
      outcome: 'failed',
      problem: { code: 'model.output_missing', parameters: { output: ['text'] } },
    });
  });

  it('with a text and a bad end is none', () => {
    expect(verdict([...LOADED, ...END, ...failed('RuntimeError: at the very end')], 1)).toMatchObject({
      outcome: 'failed',
      problem: { parameters: { signature: 'program_error' } },
    });
  });

  it.each([
    ['INFO 11-20 10:02:00 [core.py:9] Shutting down'],
    ['[rank0]:[W1120 10:02:00.1 ProcessGroupNCCL.cpp:1496] Warning'],
    ['(EngineCore_0 pid=12) INFO 11-20 10:02:00 Bye'],
    ['ERROR 11-20 10:02:00 [core_client.py:304] Engine core died'],
    ['Exception ignored in: <function LLMEngine.__del__ at 0x7f>'],
    ['Processed prompts: 100%|██████████| 1/1 [00:07<00:00]'],
    ['/usr/lib/python3.12/multiprocessing/resource_tracker.py:254: UserWarning: leaked semaphores'],
  ])('ends the text where something else is printed: %s', (after) => {
    const lines = [
      ...LOADED,
      'Upsampled prompt: One.',
      '',
      'Two, with INFO in it.',
      after,
      'not a part of it',
    ];

    expect(trackerOf(lines).texts.get('prompt.txt')).toBe('One.\n\nTwo, with INFO in it.');
  });

  it('has the text also where its line has no end yet, however it is cut', () => {
    const log = Buffer.from([...LOADED, 'Upsampled prompt: One.', 'Two.'].join('\n'));
    for (const size of [1, 7, 64, 10_000]) {
      const tracker = new ProgressTracker(profile);
      for (let at = 0; at < log.length; at += size) tracker.feed(log.subarray(at, at + size));
      expect(tracker.texts.get('prompt.txt')).toBe('One.\nTwo.');
      expect(tracker.texts.get('prompt.txt')).toBe('One.\nTwo.');
      expect(tracker.hasMarker).toBe(true);
    }
  });

  it('never goes back, and is through at its end', () => {
    const tracker = new ProgressTracker(profile);
    const percents: number[] = [];
    const stages = new Set<string>();
    for (const line of [...LOADED, ...END]) {
      tracker.feed(Buffer.from(`${line}\n`));
      const { percent, modelStage } = tracker.snapshot();
      if (percent !== undefined) percents.push(percent);
      if (modelStage !== undefined) stages.add(modelStage);
    }

    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect([...stages]).toEqual(['loading', 'writing', 'written']);
    expect(percents.at(-1)).toBeGreaterThanOrEqual(90);
  });

  const cases = FAILURES.map(([signature, lines, groups = {}]) => ({ signature, lines, groups }));

  it.each(cases)('is told as $signature', ({ signature, lines, groups }) => {
    expect(verdict(lines, 1)).toEqual({
      outcome: 'failed',
      problem: {
        code: 'model.failure_signature',
        parameters: expect.objectContaining({ signature, advice: expect.any(String), ...groups }),
      },
    });
  });

  it('is there for every failure that the profile knows', () => {
    const known = profile.failures.map(({ key }) => key);

    expect([...new Set(FAILURES.map(([signature]) => signature))].toSorted()).toEqual(known.toSorted());
  });
});
