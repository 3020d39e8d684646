import type { CosmosError } from '../errors.ts';
import type { Run } from '../runs/run.ts';
import type { LaneContext } from './lane-context.ts';
import { backoff } from './retry-policy.ts';

/** A network failure is said from this one in a row on: most are over before anybody has read of them. */
const SAID_FROM_FAILURE = 3;

/**
 * What keeps an attempt from its next step although its job is well: a full disk on our side, a file that cannot be
 * read. The step is tried again for as long as it takes; meanwhile the run says what it waits for.
 */
export class HoldUp {
  readonly #context: LaneContext;
  #failures = 0;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  /** Failed steps in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Another attempt: nothing of it has failed yet. */
  forget(): void {
    this.#failures = 0;
  }

  /** Returns when to try again, ms. */
  failed(runs: readonly Run[], failure: CosmosError): number {
    const { logger, lane } = this.#context;
    logger.error({ runs: runs.map(({ id }) => id), lane, err: failure }, 'step failed');
    this.#failures += 1;
    if (!failure.retryable || this.#failures >= SAID_FROM_FAILURE) this.#say(runs, failure);
    return backoff(this.#failures - 1);
  }

  /** The step has passed. */
  over(runs: readonly Run[]): void {
    const { store, wakeup } = this.#context;
    this.#failures = 0;
    const held = runs.filter(({ problem }) => problem !== undefined);
    if (held.length === 0) return;
    store.write(() => {
      for (const { id: run } of held) {
        if (!store.runs.setHoldUp(run, undefined)) continue;
        store.events.append({ type: 'run.went_on', payload: {} }, { run });
      }
    });
    wakeup.notify();
  }

  #say(runs: readonly Run[], failure: CosmosError): void {
    const { store, wakeup } = this.#context;
    const unaware = runs.filter(({ problem }) => problem?.code !== failure.code);
    if (unaware.length === 0) return;
    const problem = failure.toProblem();
    store.write(() => {
      for (const { id: run } of unaware) {
        if (!store.runs.setHoldUp(run, problem)) continue;
        store.events.append({ type: 'run.held_up', payload: { problem } }, { run });
      }
    });
    wakeup.notify();
  }
}
