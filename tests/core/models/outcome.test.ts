import { describe, expect, it } from 'vitest';
import { type Evidence, judge } from '../../../src/core/models/outcome.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { minimal, transfer1 } from './profiles.ts';

const result = { path: 'output.mp4', bytes: 5000 };
const SAVED = 'Saved video to /out/output.mp4\n';

function verdict(over: Partial<Evidence> & { readonly text?: string } = {}) {
  const profile: Profile = over.profile ?? transfer1();
  const log = new ProgressTracker(profile);
  log.feed(new TextEncoder().encode(over.text ?? SAVED));
  return judge({ profile, exitCode: 0, log, outputs: [result], ...over });
}

describe('judge', () => {
  it('finds a run done, with the outputs that the profile declares in its order', () => {
    const outputs = [
      { path: 'depth_input_control_0.mp4', bytes: 10 },
      { path: 'edge_input_control_0.mp4', bytes: 10 },
      { path: 'noise.pickle', bytes: 10 },
      result,
      { path: 'output.txt', bytes: 0 },
    ];

    expect(verdict({ outputs })).toEqual({
      outcome: 'done',
      outputs: [
        { ...result, kind: 'video', purpose: 'primary', label: 'video', minFrames: 2 },
        {
          path: 'edge_input_control_0.mp4',
          bytes: 10,
          kind: 'video',
          purpose: 'control',
          label: 'edge',
          minFrames: 1,
        },
        {
          path: 'depth_input_control_0.mp4',
          bytes: 10,
          kind: 'video',
          purpose: 'control',
          label: 'depth',
          minFrames: 1,
        },
      ],
    });
  });

  it.each([
    ['none', []],
    ['an empty one', [{ path: 'output.mp4', bytes: 0 }]],
    ['another one', [{ path: 'sub/output.mp4', bytes: 10 }]],
  ])('does not believe exit code 0 with %s as output', (_what, outputs) => {
    expect(verdict({ outputs })).toEqual({
      outcome: 'failed',
      problem: { code: 'model.output_missing', parameters: { output: ['video'], missing: ['output.mp4'] } },
    });
  });

  it('does not believe an output without the success marker', () => {
    expect(verdict({ text: 'nothing\n' })).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'model.output_missing',
        parameters: { output: ['video'], marker: transfer1().success.marker },
      },
    });
  });

  it.each([0, 1])('finds a guardrail before everything, whatever the exit code: %i', (exitCode) => {
    const text = `CUDA out of memory\nCRITICAL GUARDRAIL BLOCKED: BLOCKLIST: a bad word\n${SAVED}`;

    expect(verdict({ text, exitCode })).toEqual({
      outcome: 'blocked',
      problem: {
        code: 'model.guardrail',
        parameters: {
          signature: 'blocked_prompt',
          detail: 'CRITICAL GUARDRAIL BLOCKED: BLOCKLIST: a bad word',
          reason: 'a bad word',
          advice: 'Change the text and run again.',
          retryable: false,
          exitCode,
        },
      },
    });
  });

  it('says why by the first signature of the profile', () => {
    const text =
      "FileNotFoundError: no such file 'checkpoints/base.pt'\nCUDA out of memory. Tried to allocate 2.50 GiB\n";

    expect(verdict({ text, exitCode: 1, outputs: [] })).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'model.failure_signature',
        parameters: { signature: 'gpu_memory', wanted: '2.50 GiB' },
      },
    });
  });

  it('explains a missing output by a signature even with exit code 0', () => {
    expect(verdict({ text: 'No boxes detected. Exiting.\n', outputs: [] })).toMatchObject({
      problem: { code: 'model.failure_signature', parameters: { signature: 'nothing_segmented' } },
    });
  });

  it('does not call a run failed that mended itself', () => {
    expect(verdict({ text: `CUDA out of memory, trying again\n${SAVED}` }).outcome).toBe('done');
  });

  it('falls back to the exit code and the last line, also with an output there', () => {
    expect(verdict({ text: `${SAVED}the shapes differ\n`, exitCode: 1 })).toEqual({
      outcome: 'failed',
      problem: { code: 'model.exit_code', parameters: { exitCode: 1, detail: 'the shapes differ' } },
    });
  });

  it.each([
    [137, 'SIGKILL'],
    [143, 'SIGTERM'],
    [130, 'SIGINT'],
  ])('tells exit code %i as killed by %s', (exitCode, signal) => {
    expect(verdict({ exitCode })).toEqual({
      outcome: 'failed',
      problem: { code: 'model.killed', parameters: { exitCode, signal } },
    });
  });

  it('tells a want of memory whatever code the model ended with, and not of one that got through it', () => {
    expect(verdict({ exitCode: 1, outOfMemory: true })).toEqual({
      outcome: 'failed',
      problem: {
        code: 'model.killed',
        parameters: { exitCode: 1, signal: 'SIGKILL', reason: 'out_of_memory' },
      },
    });
    expect(verdict({ exitCode: 0, outOfMemory: true }).outcome).toBe('done');
  });

  it('tells a stop from outside whatever the model printed at its end, and not of one that had its result', () => {
    const stopped = {
      outcome: 'failed',
      problem: {
        code: 'model.killed',
        parameters: { exitCode: 1, signal: 'SIGTERM', reason: 'stopped_from_outside' },
      },
    };
    expect(verdict({ exitCode: 1, wasStopped: true })).toEqual(stopped);
    expect(verdict({ exitCode: 0, wasStopped: true }).outcome).toBe('done');
    expect(verdict({ exitCode: 1, wasStopped: true, outOfMemory: true })).toMatchObject({
      problem: { parameters: { reason: 'out_of_memory' } },
    });
  });

  it('takes other exit codes for success where the profile says so', () => {
    const profile = minimal({ success: { exit_codes: [0, 3] } });

    expect(verdict({ profile, exitCode: 3 }).outcome).toBe('done');
    expect(verdict({ profile, exitCode: 4 }).outcome).toBe('failed');
  });

  it('gives a file to the first declaration that fits it', () => {
    const output = { kind: 'video', label: 'a' };
    const profile = minimal({
      success: {
        outputs: [
          { ...output, path: 'a.mp4' },
          { ...output, path: '**/*.mp4', label: 'rest', required: false },
        ],
      },
    });
    const outputs = [
      { path: 'a.mp4', bytes: 1 },
      { path: 'deep/b.mp4', bytes: 1 },
    ];

    expect(verdict({ profile, outputs })).toMatchObject({
      outputs: [
        { path: 'a.mp4', label: 'a' },
        { path: 'deep/b.mp4', label: 'rest' },
      ],
    });
  });
});
