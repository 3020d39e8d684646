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
  failed(run: Run, failure: CosmosError): number {
    const { logger, lane } = this.#context;
    logger.error({ run: run.id, lane, err: failure }, 'step failed');
    this.#failures += 1;
    if (!failure.retryable || this.#failures >= SAID_FROM_FAILURE) this.#say(run, failure);
    return backoff(this.#failures - 1);
  }

  /** The step has passed. */
  over(run: Run): void {
    const { store, wakeup } = this.#context;
    this.#failures = 0;
    if (run.problem === undefined) return;
    store.write(() => {
      if (!store.runs.setHoldUp(run.id, undefined)) return;
      store.events.append({ type: 'run.went_on', payload: {} }, { run: run.id });
    });
    wakeup.notify();
  }

  #say(run: Run, failure: CosmosError): void {
    const { store, wakeup } = this.#context;
    if (run.problem?.code === failure.code) return;
    const problem = failure.toProblem();
    store.write(() => {
      if (!store.runs.setHoldUp(run.id, problem)) return;
      store.events.append({ type: 'run.held_up', payload: { problem } }, { run: run.id });
    });
    wakeup.notify();
  }
}
