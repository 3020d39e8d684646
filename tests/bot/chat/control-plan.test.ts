import { describe, expect, it } from 'vitest';
import { controlPlan } from '../../../src/bot/chat/control-plan.ts';
import type { RunOutput } from '../../../src/core/runs/run.ts';
import { sampleRun } from '../samples.ts';

function output(label: string, more: Partial<RunOutput> = {}): RunOutput {
  const file = { path: `/out/${label}.mp4`, bytes: 10, sha256: 'ab'.repeat(32) };
  return { kind: 'video', purpose: 'control', label, ...file, ...more };
}

describe('what follows a result', () => {
  it('is its control videos by name, and neither the result itself nor the text that the model was given', () => {
    const outputs = [
      output('video', { purpose: 'primary' }),
      output('prompt', { kind: 'text', path: '/out/output.txt' }),
      ...['vis', 'edge', 'depth', 'seg'].map((label) => output(label)),
    ];
    expect(controlPlan(sampleRun({ outputs }), 100)).toEqual({ posted: [4, 3, 5, 2], leftOut: [] });
  });

  it('is four of them at most, of those that are not too large', () => {
    const outputs = ['f', 'e', 'd', 'c', 'b', 'a'].map((label) => output(label));
    const run = sampleRun({ outputs: [...outputs, output('0', { bytes: 101 })] });
    const { posted, leftOut } = controlPlan(run, 100);
    expect(posted).toEqual([5, 4, 3, 2]);
    expect(leftOut.map(({ label }) => label)).toEqual(['0', 'e', 'f']);
  });
});
