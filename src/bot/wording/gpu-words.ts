import type { GpuFacts } from '../../core/ports/host.ts';
import { percent } from './numbers.ts';

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
  if (used === undefined) return total === undefined ? '' : `${gigabytes(total)} GB`;
  return total === undefined
    ? `${gigabytes(used)} GB in use`
    : `${gigabytes(used)} of ${gigabytes(total)} GB in use`;
}

/** Memory of a GPU is sold and printed in GiB that everybody calls GB: 80 GB is 80 × 2^30 bytes. */
function gigabytes(bytes: number): string {
  const value = bytes / 2 ** 30;
  return value < 9.95 ? String(Number(value.toFixed(1))) : String(Math.round(value));
}
