import type { HostStatusFacts } from '../../core/queue/queue-view.ts';
import { type CheckLine, diskLine, gpuLines } from './host-check-words.ts';
import { size } from './numbers.ts';

/** What a host has beside its GPUs, in short: `1.2 TB free`, `Docker 29.1.5`. */
export function hostFactWords({ diskFreeBytes, engineVersion }: HostStatusFacts): readonly string[] {
  return [`${size(diskFreeBytes)} free`, ...(engineVersion === undefined ? [] : [`Docker ${engineVersion}`])];
}

/** What is wrong with a host that answers; `wanted`: the GPUs that its lanes name. */
export function hostFlaws(facts: HostStatusFacts, wanted: readonly string[]): readonly CheckLine[] {
  return [diskLine(facts.diskFreeBytes), ...gpuLines(facts.gpus, wanted)].filter(({ passed }) => !passed);
}
