import type { HostConfig } from '../config/config.ts';
import type { HostName } from '../ids.ts';
import type { GpuAnswer, GpuFacts } from '../ports/host.ts';
import { isNamed } from '../runner/gpu-proof.ts';
import type { Profile } from './profile.ts';

/** A host whose GPUs have less memory than a model wants, as it was when it was asked last. */
export interface SmallHost {
  readonly host: HostName;
  /** Memory of the largest of its GPUs that a lane has, bytes. */
  readonly bytes: number;
  /** What the model wants, GB as they are sold. */
  readonly wantedGb: number;
}

/** In powers of ten, so that a GPU that is sold with so many GB is never below: it keeps a part of them for itself. */
export function isBelow({ memoryTotalBytes: total }: GpuFacts, wantedGb: number): boolean {
  return total !== undefined && total < wantedGb * 1e9;
}

/**
 * Says that a host is too small for a model: each of its lanes has a GPU that is known to be. Undefined where it is not, or
 * where nobody knows.
 */
export function smallHost(
  { name, lanes }: Pick<HostConfig, 'name' | 'lanes'>,
  answer: GpuAnswer | undefined,
  { requires: { min_vram_gb: wantedGb } }: Pick<Profile, 'requires'>,
): SmallHost | undefined {
  if (wantedGb === undefined || answer?.state !== 'listed' || lanes.length === 0) return undefined;
  const smallest = lanes.map(({ gpus }) =>
    answer.gpus
      .filter((gpu) => gpus.some((given) => isNamed(gpu, given)) && isBelow(gpu, wantedGb))
      .map((gpu) => gpu.memoryTotalBytes ?? 0),
  );
  if (smallest.some((found) => found.length === 0)) return undefined;
  return { host: name, bytes: Math.max(...smallest.flat()), wantedGb };
}
