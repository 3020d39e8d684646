import type { Run } from '../runs/run.ts';
import type { LaneContext } from './lane-context.ts';
import { backoff } from './retry-policy.ts';

/** Says in the runs since when their host does not answer, and asks less and less often meanwhile. */
export class HostContact {
  readonly #context: LaneContext;
  #looks = 0;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  /** Another attempt: nothing is known of its host yet. */
  forget(): void {
    this.#looks = 0;
  }

  /** Returns when to ask again, ms. */
  lost(runs: readonly Run[], detail: string): number {
    const { store, clock, wakeup, logger, host } = this.#context;
    const next = backoff(this.#looks);
    this.#looks += 1;
    const reached = runs.filter(({ unreachableSince }) => unreachableSince === undefined);
    if (reached.length === 0) return next;
    logger.warn({ runs: reached.map(({ id }) => id), host: host.name, detail }, 'host does not answer');
    store.write(() => {
      for (const { id: run } of reached) {
        if (!store.runs.setUnreachable(run, clock.now())) continue;
        store.events.append({ type: 'run.host_unreachable', payload: { detail } }, { run });
      }
    });
    wakeup.notify();
    return next;
  }

  found(runs: readonly Run[]): void {
    const { store, wakeup } = this.#context;
    this.#looks = 0;
    const silent = runs.filter(({ unreachableSince }) => unreachableSince !== undefined);
    if (silent.length === 0) return;
    store.write(() => {
      for (const { id: run } of silent) {
        if (!store.runs.setUnreachable(run, undefined)) continue;
        store.events.append({ type: 'run.host_reachable', payload: {} }, { run });
      }
    });
    wakeup.notify();
  }
}
