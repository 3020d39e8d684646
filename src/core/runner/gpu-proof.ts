import type { GpuAnswer, GpuFacts } from '../ports/host.ts';

/** Whether the GPUs of a lane are free. */
export type GpuProof =
  | { readonly state: 'free' }
  /** There is nothing on the host that could tell. */
  | { readonly state: 'unprovable'; readonly reason: 'no_tool' | 'no_memory_told' | 'part_of_a_gpu' }
  | { readonly state: 'busy'; readonly gpu: string; readonly usedBytes: number; readonly totalBytes?: number }
  /** It should tell and does not. */
  | { readonly state: 'failed'; readonly gpus: readonly string[]; readonly reason: string };

/** Judges the memory of the GPUs that a lane names: no more than `idleBytes` of each is in use on a free one. */
export function proveGpusFree(answer: GpuAnswer, names: readonly string[], idleBytes: number): GpuProof {
  if (answer.state === 'no_tool') return { state: 'unprovable', reason: 'no_tool' };
  if (answer.state === 'failed') return { state: 'failed', gpus: names, reason: answer.detail };
  const whole = names.filter((name) => WHOLE_GPU.test(name));
  const found = whole.map((name) => answer.gpus.find((gpu) => isNamed(gpu, name)));
  const missing = whole.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) return { state: 'failed', gpus: missing, reason: 'gpu_not_listed' };
  const gpus = found.filter((gpu) => gpu !== undefined);
  for (const { index, memoryUsedBytes: usedBytes, memoryTotalBytes: totalBytes } of gpus) {
    if (usedBytes !== undefined && usedBytes > idleBytes)
      return { state: 'busy', gpu: index, usedBytes, ...(totalBytes !== undefined && { totalBytes }) };
  }
  if (whole.length < names.length) return { state: 'unprovable', reason: 'part_of_a_gpu' };
  const isTold = gpus.every((gpu) => gpu.memoryUsedBytes !== undefined);
  return isTold ? { state: 'free' } : { state: 'unprovable', reason: 'no_memory_told' };
}

/** An index or a UUID; anything else names a part of a GPU, whose memory nobody tells. */
const WHOLE_GPU = /^(\d+|GPU-.*)$/;

/** Lanes name a GPU by its index, or by its UUID or the beginning of that. */
export function isNamed({ index, uuid }: Pick<GpuFacts, 'index' | 'uuid'>, name: string): boolean {
  return index === name || (name.startsWith('GPU-') && uuid.startsWith(name));
}
