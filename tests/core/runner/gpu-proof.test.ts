import { describe, expect, it } from 'vitest';
import type { GpuAnswer, GpuFacts } from '../../../src/core/ports/host.ts';
import { proveGpusFree } from '../../../src/core/runner/gpu-proof.ts';

const IDLE = 1e9;

function gpu(index: string, memoryUsedBytes?: number): GpuFacts {
  const used = memoryUsedBytes === undefined ? {} : { memoryUsedBytes, memoryTotalBytes: 24e9 };
  return { index, uuid: `GPU-${index}${index}f3-4a`, name: 'H100', ...used };
}

function listed(...gpus: GpuFacts[]): GpuAnswer {
  return { state: 'listed', gpus };
}

describe('the GPUs of a lane', () => {
  it('are free up to the memory that may be in use, and not above it', () => {
    expect(proveGpusFree(listed(gpu('0', IDLE)), ['0'], IDLE)).toEqual({ state: 'free' });
    expect(proveGpusFree(listed(gpu('0', IDLE + 1)), ['0'], IDLE)).toEqual({
      ...{ state: 'busy', gpu: '0', usedBytes: IDLE + 1, totalBytes: 24e9 },
    });
  });

  it('are all looked at, and no others', () => {
    const answer = listed(gpu('0', 20e9), gpu('1', 0), gpu('2', 20e9));
    expect(proveGpusFree(answer, ['1'], IDLE).state).toBe('free');
    expect(proveGpusFree(answer, ['1', '2'], IDLE)).toMatchObject({ state: 'busy', gpu: '2' });
  });

  it('are found by their UUID or the beginning of it', () => {
    const answer = listed(gpu('0', 0), gpu('1', 20e9));
    expect(proveGpusFree(answer, ['GPU-00f3-4a'], IDLE).state).toBe('free');
    expect(proveGpusFree(answer, ['GPU-11'], IDLE)).toMatchObject({ state: 'busy', gpu: '1' });
  });

  it('cannot be proved free where the host does not list one, or its tool fails', () => {
    expect(proveGpusFree(listed(gpu('0', 0)), ['0', '3'], IDLE)).toEqual({
      ...{ state: 'failed', gpus: ['3'], reason: 'gpu_not_listed' },
    });
    expect(proveGpusFree(listed(), ['0'], IDLE).state).toBe('failed');
    expect(proveGpusFree({ state: 'failed', detail: 'deadline' }, ['0'], IDLE)).toEqual({
      ...{ state: 'failed', gpus: ['0'], reason: 'deadline' },
    });
  });

  it('are taken as they are where nothing can tell', () => {
    expect(proveGpusFree({ state: 'no_tool' }, ['0'], IDLE)).toEqual({
      state: 'unprovable',
      reason: 'no_tool',
    });
    expect(proveGpusFree(listed(gpu('0')), ['0'], IDLE)).toEqual({
      ...{ state: 'unprovable', reason: 'no_memory_told' },
    });
    expect(proveGpusFree(listed(gpu('0', 20e9)), ['0:1'], IDLE)).toEqual({
      ...{ state: 'unprovable', reason: 'part_of_a_gpu' },
    });
  });
});
