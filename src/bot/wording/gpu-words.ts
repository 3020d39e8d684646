import type { GpuFacts } from '../../core/ports/host.ts';
import { gpuMemory, gpuMemoryPart, percent } from './numbers.ts';

/** Memory, use, temperature and power of a GPU, in this order; empty where its driver does not tell. */
export function gpuValues(gpu: GpuFacts): readonly [string, string, string, string] {
  const { utilisation, temperature, power } = gpu;
  return [
    memory(gpu),
    utilisation === undefined ? '' : percent(utilisation),
    temperature === undefined ? '' : `${Math.round(temperature)} °C`,
    power === undefined ? '' : `${Math.round(power)} W`,
  ];
}

function memory({ memoryUsedBytes: used, memoryTotalBytes: total }: GpuFacts): string {
  if (used === undefined) return total === undefined ? '' : gpuMemory(total);
  return `${total === undefined ? gpuMemory(used) : gpuMemoryPart(used, total)} in use`;
}
