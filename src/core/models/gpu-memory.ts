import type { HostConfig } from '../config/config.ts';
import type { HostName, LaneName } from '../ids.ts';
import type { GpuAnswer, GpuFacts } from '../ports/host.ts';
import { isNamed } from '../runner/gpu-proof.ts';
import type { Profile } from './profile.ts';

/** What a model wants of the GPUs of a lane. */
export type GpuWish = Pick<Profile['requires'], 'min_vram_gb'>;

/** Less memory than a model wants, as it was when the host was asked last. */
interface TooLittle {
  /** Of the smallest GPU of the lane. */
  readonly bytes: number;
  /** What the model wants of each, GB as they are sold. */
  readonly wantedGb: number;
  /** How many GPUs the lane has, where the wish depends on that. */
  readonly gpus?: number;
}

/** A lane with a GPU that is known to have less memory than a model wants. */
export interface SmallLane extends TooLittle {
  readonly lane: LaneName;
}

/** A host of which every lane is too small: the figures are those of the lane that comes nearest. */
export interface SmallHost extends TooLittle {
  readonly host: HostName;
}

type Lane = Pick<HostConfig['lanes'][number], 'name' | 'gpus'>;

/**
 * What a model wants of each GPU of a lane with so many, GB: of a table the entry with the largest number of GPUs that the
 * lane has. Undefined where it wants nothing, or has no entry for so few: `min_gpus` says what is too few.
 */
export function wantedGb({ min_vram_gb: wish }: GpuWish, gpus: number): number | undefined {
  if (typeof wish !== 'object') return wish;
  return wishesByCount(wish).findLast(([count]) => count <= gpus)?.[1];
}

/** The entries of a table, fewest GPUs first: keys that are whole numbers come in their order, however they were written. */
export function wishesByCount(
  table: Readonly<Record<string, number>>,
): readonly (readonly [number, number])[] {
  return Object.entries(table).map(([count, gigabytes]) => [Number(count), gigabytes]);
}

/** In powers of ten, so that a GPU that is sold with so many GB is never below: it keeps a part of them for itself. */
function isBelow({ memoryTotalBytes: total }: GpuFacts, wanted: number): boolean {
  return total !== undefined && total < wanted * 1e9;
}

/** Those GPUs of a lane that are known to have less than `wanted` GB. */
export function smallGpus(
  answer: GpuAnswer | undefined,
  { gpus }: Pick<Lane, 'gpus'>,
  wanted: number,
): GpuFacts[] {
  if (answer?.state !== 'listed') return [];
  return answer.gpus.filter((gpu) => gpus.some((given) => isNamed(gpu, given)) && isBelow(gpu, wanted));
}

/** Says that a lane has a GPU that is known to be too small for a model. Undefined where it has not, or nobody knows. */
export function smallLane(lane: Lane, answer: GpuAnswer | undefined, wish: GpuWish): SmallLane | undefined {
  const count = lane.gpus.length;
  const wanted = wantedGb(wish, count);
  if (wanted === undefined) return undefined;
  const small = smallGpus(answer, lane, wanted).map(({ memoryTotalBytes = 0 }) => memoryTotalBytes);
  if (small.length === 0) return undefined;
  const counts = typeof wish.min_vram_gb === 'object' ? { gpus: count } : {};
  return { lane: lane.name, bytes: Math.min(...small), wantedGb: wanted, ...counts };
}

/**
 * Says that a host is too small for a model: each of its lanes has a GPU that is known to be. Undefined where it is not, or
 * where nobody knows.
 */
export function smallHost(
  { name, lanes }: Pick<HostConfig, 'name' | 'lanes'>,
  answer: GpuAnswer | undefined,
  wish: GpuWish,
): SmallHost | undefined {
  const small = lanes.flatMap((lane) => smallLane(lane, answer, wish) ?? []);
  const [nearest] = small.toSorted((one, other) => other.bytes - one.bytes);
  if (nearest === undefined || small.length < lanes.length) return undefined;
  const { lane: _, ...figures } = nearest;
  return { host: name, ...figures };
}
