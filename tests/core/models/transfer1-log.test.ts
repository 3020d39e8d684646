import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/core/models/outcome.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { transfer1 } from './profiles.ts';

const LOGS = new URL('../../fixtures/transfer1/logs/', import.meta.url);
const OUTPUT = { path: 'output.mp4', bytes: 5000 };
const profile = transfer1();

/** What each recorded log is to be told as, in the order of the table of failures. */
const FAILURES: readonly (readonly [log: string, signature: string, groups?: object])[] = [
  ['blocked-prompt', 'blocked_prompt', { reason: "Prompt is blocked: 'gore'" }],
  ['blocked-llama', 'blocked_prompt', { reason: expect.stringContaining('Llama Guard 3') }],
  ['blocked-video', 'blocked_video'],
  ['blocked-distilled', 'blocked'],
  ['gpu-memory', 'gpu_memory', { wanted: '2.50 GiB' }],
  ['unreadable-video', 'unreadable_video', { file: '/attempt/in/color.mp4' }],
  ['unreadable-depth', 'unreadable_video'],
  [
    'missing-checkpoint',
    'missing_checkpoint',
    { file: 'checkpoints/nvidia/Cosmos-Transfer1-7B/seg_control.pt' },
  ],
  ['missing-file', 'missing_file'],
  ['missing-input', 'missing_file', { reason: expect.stringContaining('/attempt/in/depth.mp4') }],
  ['nothing-segmented', 'nothing_segmented'],
  ['gated', 'gated'],
  ['not-distilled', 'not_distilled', { control: 'vis' }],
  ['bad-hint', 'bad_spec', { reason: expect.stringContaining('Invalid hint_key: blur') }],
  ['bad-video', 'bad_spec', { reason: expect.stringContaining('Must have') }],
  ['bad-weight', 'bad_spec', { reason: expect.stringContaining('Control weight for edge') }],
  ['bad-json', 'bad_spec'],
  ['bad-usage', 'bad_spec', { usage: 'unrecognized arguments: --steps 35' }],
  ['port-taken', 'port_taken', { retryable: true }],
  ['worker-killed', 'worker_killed', { retryable: true }],
  ['program-error', 'program_error', { reason: 'No CUDA GPUs are available' }],
  ['worker-failed', 'worker_failed'],
];

function readLog(name: string): Buffer {
  return readFileSync(new URL(`${name}.txt`, LOGS));
}

function trackerOf(log: Uint8Array): ProgressTracker {
  const tracker = new ProgressTracker(profile, { frames: 241 });
  tracker.feed(log);
  return tracker;
}

function verdict(log: Uint8Array, exitCode: number, outputs = [OUTPUT]) {
  return judge({ profile, exitCode, log: trackerOf(log), outputs });
}

describe('a log of transfer1 that ends badly', () => {
  const cases = FAILURES.map(([log, signature, groups = {}]) => ({ log, signature, groups }));

  it.each(cases)('$log is told as $signature', ({ log, signature, groups }) => {
    const isBlocked = signature.startsWith('blocked');

    expect(verdict(readLog(log), 1, [])).toEqual({
      outcome: isBlocked ? 'blocked' : 'failed',
      problem: {
        code: isBlocked ? 'model.guardrail' : 'model.failure_signature',
        parameters: expect.objectContaining({ signature, advice: expect.any(String), ...groups }),
      },
    });
  });

  it('is there for every failure that the profile knows, and nothing else is', () => {
    const known = profile.failures.map(({ key }) => key);
    const files = readdirSync(LOGS).map((file) => file.replace(/\.txt$/, ''));

    expect([...new Set(FAILURES.map(([, signature]) => signature))].toSorted()).toEqual(known.toSorted());
    expect(files.toSorted()).toEqual([...FAILURES.map(([name]) => name), 'two-clips'].toSorted());
  });

  it('is blocked and not failed, whatever exception and exit code follow the guardrail', () => {
    const log = readLog('blocked-prompt');

    expect(log.toString()).toContain('TypeError: cannot unpack non-iterable NoneType object');
    expect(verdict(log, 0).outcome).toBe('blocked');
    expect(verdict(log, 1, []).outcome).toBe('blocked');
  });
});

describe('a log of transfer1 that ends well', () => {
  const log = readLog('two-clips');

  it('shows a run that is done', () => {
    const { failures } = trackerOf(log);

    expect(failures).toEqual([]);
    expect(verdict(log, 0)).toMatchObject({ outcome: 'done', outputs: [{ ...OUTPUT, label: 'video' }] });
  });

  it.each([
    ['without a video', []],
    ['with an empty one', [{ path: 'output.mp4', bytes: 0 }]],
    ['with the controls alone', [{ path: 'edge_input_control_0.mp4', bytes: 5000 }]],
  ])('shows a failure %s, also with exit code 0', (_what, outputs) => {
    expect(verdict(log, 0, outputs)).toMatchObject({
      outcome: 'failed',
      problem: { code: 'model.output_missing', parameters: { output: ['video'] } },
    });
  });

  it.each([1, 7, 64, 100_000])('never goes back, read in pieces of %i bytes', (size) => {
    const tracker = new ProgressTracker(profile, { frames: 241 });
    const percents: number[] = [];
    const stages: string[] = [];
    for (let at = 0; at < log.length; at += size) {
      tracker.feed(log.subarray(at, at + size));
      const { percent, modelStage } = tracker.snapshot();
      if (percent !== undefined) percents.push(percent);
      if (modelStage !== undefined && modelStage !== stages.at(-1)) stages.push(modelStage);
    }

    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(99);
    if (size === 1) {
      const clip = ['encoding', 'denoising', 'decoding'];
      const before = ['loading', 'controls', 'checking_prompt', 'reading_prompt', 'preparing'];
      expect(stages).toEqual([...before, ...clip, ...clip, 'checking_video', 'saving']);
    }
  });

  it('counts no bar of another tool: the segmentation is over before the first part begins', () => {
    const untilPrompt = log.subarray(0, log.indexOf('Running batch generation'));

    expect(untilPrompt.toString()).toContain('propagate in video: 100%');
    expect(trackerOf(untilPrompt).snapshot()).toMatchObject({ modelStage: 'controls', percent: 6 });
  });

  it('knows where the first part ends and the second begins', () => {
    const secondClip = log.indexOf(' 50%|█████     | 1/2');
    const first = trackerOf(log.subarray(0, secondClip)).snapshot().percent ?? 0;
    const second = trackerOf(log.subarray(0, log.indexOf('Run guardrail on'))).snapshot().percent ?? 0;

    expect(first).toBeGreaterThan(50);
    expect(first).toBeLessThan(58);
    expect(second).toBe(95);
  });
});

describe('what people wrote', () => {
  /** The model prints its parameters as JSON: each line with a text in quotes. */
  const quoted = (text: string) => Buffer.from(`    "prompt": ${JSON.stringify(text)},\n`);
  const log = readLog('two-clips');

  it.each([
    'GUARDRAIL BLOCKED: BLOCKLIST: nothing',
    'All prompts failed safety checks',
    'CUDA out of memory',
    'FileNotFoundError: checkpoints/base.pt',
    'ValueError: Invalid hint_key',
    'No boxes detected. Exiting.',
  ])('is no sign of a failure: %s', (text) => {
    expect(trackerOf(quoted(text)).failures).toEqual([]);
    expect(verdict(Buffer.concat([quoted(text), log]), 0).outcome).toBe('done');
  });

  it('neither proves that a video was saved, nor moves the progress', () => {
    const tracker = trackerOf(quoted('Saved video to a place, Starting VAE decode'));

    expect(tracker.hasMarker).toBe(false);
    expect(tracker.snapshot().percent).toBeUndefined();
  });
});
