import { describe, expect, it } from 'vitest';
import { parseGpus } from '../../src/remote/gpu-status.ts';
import { parseHostFacts } from '../../src/remote/host-facts.ts';

const A100 =
  '0, GPU-5f3e0b6a-1c2d-4e5f-8a9b-0c1d2e3f4a5b, 1024, 81920, 46, 51, 213.47, 535.104.05, NVIDIA A100-SXM4-80GB';
const MIB = 1024 * 1024;

describe('what the tool for GPUs says', () => {
  it('is read with one entry for each GPU', () => {
    const answer = parseGpus('0', [A100, A100.replace(/^0/, '1').replace('5f3e', '77aa'), '']);

    expect(answer).toMatchObject({ state: 'listed', gpus: [{ index: '0' }, { index: '1' }] });
    expect(answer).toHaveProperty('gpus.0', {
      index: '0',
      uuid: 'GPU-5f3e0b6a-1c2d-4e5f-8a9b-0c1d2e3f4a5b',
      name: 'NVIDIA A100-SXM4-80GB',
      memoryUsedBytes: 1024 * MIB,
      memoryTotalBytes: 81920 * MIB,
      utilisation: 46,
      temperature: 51,
      power: 213.47,
      driver: '535.104.05',
    });
  });

  it.each(['[N/A]', 'N/A', '[Not Supported]', '[Unknown Error]', ''])('leaves out what is %j', (none) => {
    const row = `0, GPU-1, ${none}, ${none}, ${none}, ${none}, ${none}, ${none}, NVIDIA GB10`;

    expect(parseGpus('0', [row])).toEqual({
      state: 'listed',
      gpus: [{ index: '0', uuid: 'GPU-1', name: 'NVIDIA GB10' }],
    });
  });

  it('keeps a zero, which is a value', () => {
    expect(parseGpus('0', ['0, GPU-1, 0, 81920, 0, 30, 0.00, 535.104, T4'])).toHaveProperty(
      'gpus.0.utilisation',
      0,
    );
  });

  it('keeps a name with a comma whole', () => {
    expect(parseGpus('0', [`${A100}, rev 2`])).toHaveProperty('gpus.0.name', 'NVIDIA A100-SXM4-80GB, rev 2');
  });

  it('tells a host without the tool from one without GPUs and from a broken driver', () => {
    expect(parseGpus('missing', [])).toEqual({ state: 'no_tool' });
    expect(parseGpus('0', ['No devices were found'])).toEqual({ state: 'listed', gpus: [] });
    expect(parseGpus('6', ['No devices were found'])).toEqual({ state: 'listed', gpus: [] });
    expect(parseGpus('9', ['NVIDIA-SMI has failed', 'more'])).toEqual({
      state: 'failed',
      detail: 'NVIDIA-SMI has failed',
    });
    expect(parseGpus('124', [])).toEqual({ state: 'failed', detail: 'deadline' });
    expect(parseGpus('0', [A100, 'Unable to determine the device handle'])).toEqual({
      state: 'failed',
      detail: 'Unable to determine the device handle',
    });
  });
});

describe('what a host says of itself', () => {
  it('is read in the order in which paths were asked for', () => {
    const text = ['now 1700000000123', 'disk 2048', 'path yes', 'path no', 'gpus 0', `gpu ${A100}`].join(
      '\n',
    );

    expect(parseHostFacts(text, ['/a', '/b'])).toMatchObject({
      now: 1_700_000_000_123,
      diskFreeBytes: 2 * MIB,
      gpus: { state: 'listed', gpus: [{ index: '0' }] },
      paths: [
        { name: '/a', present: true },
        { name: '/b', present: false },
      ],
    });
  });

  it.each([
    ['nothing', ''],
    ['no size of the disk', 'now 1\ndisk \ngpus missing'],
    ['no clock', 'now \ndisk 1\ngpus missing'],
    ['a path too many', 'now 1\ndisk 1\npath yes\ngpus missing'],
  ])('is an error where it says %s', (_, text) => {
    expect(() => parseHostFacts(text, [])).toThrow('engine.command_failed');
  });
});
