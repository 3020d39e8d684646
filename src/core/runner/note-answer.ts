import type { Clock } from '../ports/clock.ts';
import type { GpuAnswer, Host, HostFacts } from '../ports/host.ts';
import type { Store } from '../store/store.ts';
import type { Wakeup } from '../wakeup.ts';

/**
 * Stores what a host has answered. Where its GPUs are others than before, or of another size, the lanes are woken: it may be
 * that one takes now what it has left to others.
 */
export function noteAnswer(
  parts: {
    readonly host: Pick<Host, 'name'>;
    readonly store: Pick<Store, 'hostReadings'>;
    readonly clock: Clock;
    readonly wakeup: Wakeup;
  },
  facts: HostFacts,
): void {
  const { host, store, clock, wakeup } = parts;
  const before = store.hostReadings.get(host.name)?.answer?.facts.gpus;
  store.hostReadings.setAnswer(host.name, facts, clock.now());
  if (sizesOf(before) !== sizesOf(facts.gpus)) wakeup.notify();
}

function sizesOf(answer: GpuAnswer | undefined): string {
  if (answer?.state !== 'listed') return '';
  return JSON.stringify(
    answer.gpus.map(({ index, uuid, memoryTotalBytes }) => [index, uuid, memoryTotalBytes]),
  );
}
