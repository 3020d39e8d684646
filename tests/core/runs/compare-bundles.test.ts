import { describe, expect, it } from 'vitest';
import { comparisonWords } from '../../../src/bot/wording/comparison-words.ts';
import type { RunId } from '../../../src/core/ids.ts';
import type { Bundle } from '../../../src/core/runs/bundle.ts';
import { compareBundles } from '../../../src/core/runs/compare-bundles.ts';
import { minimal } from '../models/profiles.ts';

const FACTS = {
  kind: 'video',
  width: 64,
  height: 64,
  fps: 24,
  frames: 5,
  durationMs: 208,
  codec: 'h264',
  hasAudio: false,
} as const;
const GPU = { index: '0', name: 'NVIDIA H100', uuid: 'GPU-1', driver: '570.1' };
const OUTPUT = {
  kind: 'video',
  purpose: 'primary',
  label: 'video',
  file: '0-output.mp4',
  sha256: 'aa',
  bytes: 10,
  facts: FACTS,
};

function bundle(over: Partial<Bundle> = {}, sent: Partial<Bundle['sent'] & object> = {}): Bundle {
  return {
    format: 1,
    version: '0.1.0',
    run: {
      id: 'rs_1' as RunId,
      promptId: 'ps_1' as never,
      promptName: 'rain',
      text: 'Rain',
      negativeText: '',
      parameters: {},
    },
    profileHash: 'abcdef0123456789',
    profile: minimal(),
    inputs: [],
    sent: {
      attempt: 'jb_1-a1' as never,
      files: [{ path: 'spec.json', content: '{"path":"/data/jb_1-a1/in"}' }],
      inputs: [{ path: 'in/color.mp4', asset: 'cc' as never }],
      argv: ['run'],
      environment: {},
      workingDirectory: '.',
      gpus: ['0'],
      secretVariables: [],
      ...sent,
    },
    machine: {
      host: 'gpu1',
      lane: 'gpu1/gpu0',
      image: { name: 'model', digest: `sha256:${'1'.repeat(64)}` },
      gpus: [GPU],
    },
    times: { queuedAt: 1, collectedAt: 2 },
    outputs: [OUTPUT],
    ...over,
  };
}

describe('two bundles', () => {
  it('are the same where nothing but the places of the attempts differs', () => {
    const other = bundle(
      { times: { queuedAt: 5, collectedAt: 9 } },
      { attempt: 'jb_2-a1' as never, files: [{ path: 'spec.json', content: '{"path":"/data/jb_2-a1/in"}' }] },
    );
    const compared = compareBundles(bundle(), other);

    expect(compared).toEqual({ result: 'same', differences: [] });
    expect(comparisonWords(compared)).toEqual([
      'The same result, bit for bit.',
      'Nothing that is known of its making differs.',
    ]);
  });

  it.each([
    ['profile', { profileHash: 'ffff' }, {}],
    ['version', { version: '0.2.0' }, {}],
    ['inputs', {}, { inputs: [{ path: 'in/color.mp4', asset: 'dd' as never }] }],
    ['job', {}, { argv: ['run', '--fast'] as const }],
    [
      'image',
      { machine: { ...bundle().machine, image: { name: 'model', digest: `sha256:${'2'.repeat(64)}` } } },
      {},
    ],
    ['gpu', { machine: { ...bundle().machine, gpus: [{ ...GPU, name: 'NVIDIA A100' }] } }, {}],
    ['driver', { machine: { ...bundle().machine, gpus: [{ ...GPU, driver: '575' }] } }, {}],
    ['host', { machine: { ...bundle().machine, host: 'gpu2' } }, {}],
  ] as const)('tell that the %s differs', (what, over, sent) => {
    const { differences } = compareBundles(bundle(), bundle(over, sent));

    expect(differences.map((each) => each.what)).toEqual([what]);
  });

  it('say what was before and what is now', () => {
    const now = bundle({
      machine: { ...bundle().machine, gpus: [{ ...GPU, name: 'NVIDIA A100', driver: '575' }] },
      outputs: [{ ...OUTPUT, sha256: 'bb' }],
    });

    expect(comparisonWords(compareBundles(bundle(), now))).toEqual([
      'Not the same file; size and number of frames are those of before.',
      'What differs: GPU (NVIDIA H100 before, NVIDIA A100 now); driver of the GPU (570.1 before, 575 now).',
    ]);
  });

  it.each([
    ['frames', [{ ...OUTPUT, sha256: 'bb' }]],
    ['different', [{ ...OUTPUT, sha256: 'bb', facts: { ...FACTS, frames: 4 } }]],
    ['different', [{ ...OUTPUT, sha256: 'bb', facts: { ...FACTS, width: 32 } }]],
    ['different', []],
  ] as const)('are %s', (result, outputs) => {
    expect(compareBundles(bundle(), bundle({ outputs })).result).toBe(result);
  });

  it('say that a model is not the same twice where nothing else explains it', () => {
    const compared = compareBundles(bundle(), bundle({ outputs: [{ ...OUTPUT, sha256: 'bb' }] }));

    expect(comparisonWords(compared).join(' ')).toContain(
      'The model itself does not give the same twice here.',
    );
  });

  it('tell no difference of what nobody knows of one of them', () => {
    const { sent: _, ...without } = bundle({ machine: { host: 'gpu1', lane: 'gpu1/gpu0', gpus: [] } });

    expect(compareBundles(bundle(), without).differences).toEqual([]);
    expect(comparisonWords(compareBundles(undefined, bundle()))).toEqual([
      'Nobody can tell whether it is the same: the first run has no bundle any more.',
    ]);
  });
});
