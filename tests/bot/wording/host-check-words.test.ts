import { describe, expect, it } from 'vitest';
import { gpuMemoryLines } from '../../../src/bot/wording/gpu-memory-words.ts';
import {
  assetsLine,
  clockLine,
  diskLine,
  engineLines,
  gpuLines,
  leftoversLine,
  mountLine,
} from '../../../src/bot/wording/host-check-words.ts';
import type { AttemptId } from '../../../src/core/ids.ts';
import type { GpuFacts } from '../../../src/core/ports/host.ts';
import { minimal } from '../../core/models/profiles.ts';

const GPU: GpuFacts = { index: '0', uuid: 'GPU-5f3e0b6a', name: 'NVIDIA L4' };

describe('the lines of a host check', () => {
  it('say what a GPU does, and leave out what its driver does not tell', () => {
    const busy = {
      ...GPU,
      memoryUsedBytes: 2 * 2 ** 30,
      memoryTotalBytes: 24 * 2 ** 30,
      utilisation: 46,
      temperature: 51,
    };

    expect(gpuLines({ state: 'listed', gpus: [busy] }, ['0'])).toEqual([
      { passed: true, text: 'GPU 0: NVIDIA L4, 2 of 24 GB in use, 46 %, 51 °C.' },
    ]);
    expect(gpuLines({ state: 'listed', gpus: [GPU] }, ['GPU-5f3e0b6a'])).toEqual([
      { passed: true, text: 'GPU 0: NVIDIA L4.' },
    ]);
  });

  it('tell the version of the driver once', () => {
    const gpus = ['0', '1'].map((index) => ({ ...GPU, index, driver: '570.86.15' }));
    const lines = gpuLines({ state: 'listed', gpus }, ['0', '1']);

    expect(lines.map(({ text }) => text)).toEqual([
      'NVIDIA driver 570.86.15.',
      'GPU 0: NVIDIA L4.',
      'GPU 1: NVIDIA L4.',
    ]);
  });

  it('fail for a GPU that a lane names and the host does not have', () => {
    const lines = gpuLines({ state: 'listed', gpus: [GPU] }, ['0', '1']);

    expect(lines.map(({ passed }) => passed)).toEqual([true, false]);
    expect(lines[1]?.advice).toContain('the host has GPU 0');
  });

  it('fail for each GPU of a lane that has less memory than a model of the host wants', () => {
    const small = { ...GPU, memoryTotalBytes: 23_034 * 2 ** 20 };
    const gpus = [small, { ...small, index: '1', uuid: 'GPU-2' }, { ...GPU, index: '2', uuid: 'GPU-3' }];
    const answer = { state: 'listed', gpus } as const;
    const lanes = [
      { name: 'gpu1/a', gpus: ['0', '2'] },
      { name: 'gpu1/b', gpus: ['GPU-2'] },
    ];
    const vista = (min_vram_gb: unknown) => minimal({ requires: { min_vram_gb } });

    expect(gpuMemoryLines(answer, lanes, [vista(28)])).toMatchObject([
      { passed: false, text: 'GPU 0 of the lane gpu1/a has 22 GB of memory; minimal wants 28 GB or more.' },
      { passed: false, text: expect.stringContaining('GPU 1 of the lane gpu1/b') },
    ]);
    expect(gpuMemoryLines(answer, [], [vista(28)])).toEqual([]);
    expect(gpuMemoryLines(answer, lanes, [minimal()])).toEqual([]);
    // What is sold with 24 GB has a little less than 24 GiB.
    expect(gpuMemoryLines(answer, lanes, [vista(24)])).toEqual([]);
    expect(gpuMemoryLines({ state: 'no_tool' }, lanes, [vista(28)])).toEqual([]);
    expect(gpuMemoryLines(answer, lanes, [vista({ 1: 28, 2: 20 })])).toEqual([
      {
        passed: false,
        text: 'GPU 1 of the lane gpu1/b has 22 GB of memory; minimal wants 28 GB or more on a single GPU.',
        advice:
          "Give that lane a larger GPU, or more of them, or take minimal from the host's `models`; where your runs need less, set its `requires.min_vram_gb`.",
      },
    ]);
    expect(gpuMemoryLines(answer, lanes, [vista({ 2: 28 })])).toMatchObject([
      {
        text: expect.stringContaining(
          'lane gpu1/a has 22 GB of memory; minimal wants 28 GB or more on each of 2 GPUs.',
        ),
      },
    ]);
  });

  it.each([{ state: 'no_tool' }, { state: 'failed', detail: 'deadline' }] as const)(
    'need the driver only where a lane names GPUs: $state',
    (answer) => {
      expect(gpuLines(answer, [])).toMatchObject([{ passed: true }]);
      expect(gpuLines(answer, ['0'])).toMatchObject([
        { passed: false, advice: expect.stringContaining('nvidia-smi') },
      ]);
    },
  );

  it('name what is left of this bot, and say who takes it away', () => {
    const left = (number: number, state: 'running' | 'never_started') => ({
      attempt: `jb_${number}-a1` as AttemptId,
      status: state === 'running' ? { state, hostStartedAt: 0 } : { state },
    });
    expect(leftoversLine([left(1, 'running')])).toEqual({
      passed: true,
      text: '1 attempt of this bot is there: jb_1-a1 (running).',
    });
    const many = Array.from({ length: 7 }, (_, number) => left(number, 'never_started'));
    expect(leftoversLine(many)).toMatchObject({
      text: expect.stringMatching(
        /^7 attempts of this bot are there: jb_0-a1 \(not begun\), .*, and 2 more\.$/,
      ),
      advice: expect.stringContaining('collects'),
    });
  });

  it('fail for a wrong clock in either direction, and for a full disk', () => {
    expect(clockLine(59_000).passed).toBe(true);
    expect(clockLine(61_000)).toMatchObject({ passed: false, text: expect.stringContaining('ahead') });
    expect(clockLine(-61_000)).toMatchObject({ passed: false, text: expect.stringContaining('behind') });
    expect(diskLine(5e9).passed).toBe(true);
    expect(diskLine(4e9)).toMatchObject({ passed: false, text: 'Only 4 GB free in the work folder.' });
  });

  it('say how much is kept of inputs, and that more than the quota goes by itself', () => {
    const kept = { files: 34, bytes: 12.3e9, quotaBytes: 100e9 };
    expect(assetsLine(kept)).toEqual({
      passed: true,
      text: 'Inputs kept for later runs: 12 GB of 100 GB (34 files).',
    });
    expect(assetsLine({ ...kept, bytes: 100e9 }).advice).toBeUndefined();
    expect(assetsLine({ ...kept, bytes: 120e9 })).toMatchObject({
      passed: true,
      advice: expect.stringContaining('next upload'),
    });
  });

  it('name the image and the folder that are missing, and want the toolkit for GPUs alone', () => {
    const engine = { version: '28.1.1', images: [{ name: 'm:1', present: false }], givesGpus: false };

    const [version, image] = engineLines(engine, false, 'gpu1');
    expect(version).toEqual({ passed: true, text: 'Docker 28.1.1 answers.' });
    expect(image).toMatchObject({ passed: false, advice: expect.stringContaining('docker pull m:1') });
    expect(engineLines(engine, true, 'gpu1')[1]).toMatchObject({
      passed: false,
      advice: expect.stringContaining('nvidia-container-toolkit'),
    });
    expect(mountLine({ name: '/models', present: false })).toMatchObject({ passed: false });
  });
});
