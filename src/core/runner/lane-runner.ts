import { toCosmosError } from '../errors.ts';
import { ExclusiveLock } from '../store/exclusive-lock.ts';
import type { LaneDriver } from '../store/lanes.ts';
import { Waiter } from '../wakeup.ts';
import type { LaneContext } from './lane-context.ts';
import { sweepLeftovers } from './leftovers.ts';
import { Reconciler } from './reconcile.ts';
import { backoff } from './retry-policy.ts';

/** How often the right to drive a lane is asked for while another process has it, ms. */
const LOCK_INTERVAL_MS = 1_000;
/** Shortest time between two looks at a lane: a log that grows line by line must not keep a core busy, ms. */
const SHORTEST_LOOK_MS = 100;

/**
 * Drives one lane: takes the next run when it is free, and brings the present attempt step by step to its end.
 * `stop` leaves a running attempt running; whoever drives the lane next goes on with it.
 */
export class LaneRunner {
  readonly #context: LaneContext;
  readonly #kind: LaneDriver['kind'];
  readonly #mayClaim: () => boolean;
  readonly #stopping = new AbortController();
  readonly #waiter = new Waiter();
  #loop: Promise<void> | undefined;

  /** `mayClaim` is asked before each further run is taken. */
  constructor(context: LaneContext, kind: LaneDriver['kind'], mayClaim: () => boolean = () => true) {
    this.#context = context;
    this.#kind = kind;
    this.#mayClaim = mayClaim;
  }

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#context.wakeup.subscribe(this.#waiter.wake);
    try {
      using lock = await this.#acquire(signal);
      if (lock === undefined) return;
      const { store, lane, clock } = this.#context;
      store.lanes.ensure(lane);
      store.lanes.setDriver(lane, { process: process.pid, kind: this.#kind, since: clock.now() });
      await this.#drive(signal);
      store.lanes.setDriver(lane, undefined);
    } finally {
      unsubscribe();
    }
  }

  /** Undefined when stopped before the right was free. */
  async #acquire(signal: AbortSignal): Promise<ExclusiveLock | undefined> {
    const { data, lane, clock } = this.#context;
    while (!signal.aborted) {
      const lock = ExclusiveLock.tryAcquire(data.laneLock(lane));
      if (lock !== undefined) return lock;
      await clock.sleep(LOCK_INTERVAL_MS, signal);
    }
    return undefined;
  }

  async #drive(signal: AbortSignal): Promise<void> {
    await using reconciler = new Reconciler(this.#context, this.#waiter.wake);
    const { store, lane, models, instance, wakeup, logger, clock } = this.#context;
    await sweepLeftovers(this.#context, signal);
    let failures = 0;
    while (!signal.aborted) {
      try {
        let attempt = store.attempts.open(lane);
        if (attempt === undefined && this.#mayClaim()) {
          attempt = store.attempts.claim(lane, models, instance);
          if (attempt !== undefined) wakeup.notify();
        }
        const next =
          attempt === undefined ? Number.POSITIVE_INFINITY : await reconciler.step(attempt, signal);
        failures = 0;
        if (next === 'now') continue;
        await this.#waiter.wait(next, signal);
        if (attempt !== undefined) await clock.sleep(SHORTEST_LOOK_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        // Nothing may leave the loop: the attempt stays as it is and is looked at again.
        logger.error({ lane, err: toCosmosError(error) }, 'step failed');
        await clock.sleep(backoff(failures), signal);
        failures += 1;
      }
    }
  }
}
