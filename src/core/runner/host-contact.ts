import type { Run } from '../runs/run.ts';
import type { LaneContext } from './lane-context.ts';
import { backoff } from './retry-policy.ts';

/** Says in the run since when its host does not answer, and asks less and less often meanwhile. */
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
  lost(run: Run, detail: string): number {
    const { store, clock, wakeup, logger, host } = this.#context;
    const next = backoff(this.#looks);
    this.#looks += 1;
    if (run.unreachableSince !== undefined) return next;
    logger.warn({ run: run.id, host: host.name, detail }, 'host does not answer');
    store.write(() => {
      if (!store.runs.setUnreachable(run.id, clock.now())) return;
      store.events.append({ type: 'run.host_unreachable', payload: { detail } }, { run: run.id });
    });
    wakeup.notify();
    return next;
  }

  found(run: Run): void {
    const { store, wakeup } = this.#context;
    this.#looks = 0;
    if (run.unreachableSince === undefined) return;
    store.write(() => {
      if (!store.runs.setUnreachable(run.id, undefined)) return;
      store.events.append({ type: 'run.host_reachable', payload: {} }, { run: run.id });
    });
    wakeup.notify();
  }
}
