import { toCosmosError } from '../errors.ts';
import { profileHash } from '../models/parse-profile.ts';
import type { StoredProfile } from '../store/claims.ts';
import { ExclusiveLock } from '../store/exclusive-lock.ts';
import type { LaneDriver } from '../store/lanes.ts';
import { Waiter } from '../wakeup.ts';
import { type Attempt, openRuns } from './attempt.ts';
import { composer } from './composer.ts';
import type { LaneContext } from './lane-context.ts';
import { LaneOpening } from './lane-opening.ts';
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

  /** Nothing leaves this loop: whatever fails is looked at again, later. */
  async #run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#context.wakeup.subscribe(this.#waiter.wake);
    try {
      await this.#insist('lane cannot be driven', signal, async () => {
        using lock = await this.#acquire(signal);
        if (lock !== undefined) await this.#drive(signal);
      });
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
    const { store, lane, clock, logger } = this.#context;
    store.lanes.ensure(lane);
    store.lanes.setDriver(lane, { process: process.pid, kind: this.#kind, since: clock.now() });
    try {
      const opening = new LaneOpening(this.#context);
      const onLeft = (): void => opening.noteLeft();
      await using reconciler = new Reconciler(this.#context, this.#waiter.wake, onLeft);
      await opening.begin(signal);
      while (!signal.aborted) {
        await this.#insist('step failed', signal, async () => await this.#look(reconciler, opening, signal));
      }
    } finally {
      try {
        store.lanes.setDriver(lane, undefined);
      } catch (error) {
        logger.warn({ lane, err: toCosmosError(error) }, 'the end of driving could not be stored');
      }
    }
  }

  async #look(reconciler: Reconciler, opening: LaneOpening, signal: AbortSignal): Promise<void> {
    const attempt = this.#context.store.attempts.open(this.#context.lane);
    if (attempt !== undefined) return await this.#work(reconciler, attempt, signal);
    await reconciler.letGo();
    const next = this.#mayClaim() ? await opening.look(signal) : Number.POSITIVE_INFINITY;
    if (next === 'open' && this.#claim()) return;
    if (next === 'open' || next === Number.POSITIVE_INFINITY) {
      await this.#waiter.wait(Number.POSITIVE_INFINITY, signal);
    } else {
      await this.#rest(next, signal);
    }
  }

  /** False where there is nothing to take. */
  #claim(): boolean {
    const { store, lane, models, instance, wakeup } = this.#context;
    const attempt = store.attempts.claim(
      lane,
      models(),
      instance,
      (id) => this.#ownProfile(id),
      composer(this.#context),
    );
    if (attempt === undefined) return false;
    wakeup.notify();
    return true;
  }

  /** One step of an attempt; what it does is left off where nobody wants it any more. */
  async #work(reconciler: Reconciler, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { lane, wakeup, logger } = this.#context;
    const unwanted = new AbortController();
    const unsubscribe = wakeup.subscribe(() => {
      try {
        if (this.#isUnwanted(attempt)) unwanted.abort();
      } catch (error) {
        logger.warn({ lane, err: toCosmosError(error) }, 'whether the attempt is wanted could not be read');
      }
    });
    try {
      const next = await reconciler.step(attempt, AbortSignal.any([signal, unwanted.signal]));
      if (next !== 'now') await this.#rest(next, signal);
    } catch (error) {
      if (!unwanted.signal.aborted || signal.aborted) throw error;
      logger.info({ lane, attempt: attempt.id }, 'attempt was left off: cancelled, or its host given up');
    } finally {
      unsubscribe();
    }
  }

  /** Somebody has given the host up, or has cancelled a run of which nothing may have begun yet. */
  #isUnwanted(attempt: Attempt): boolean {
    const { store, lane } = this.#context;
    if (store.lanes.get(lane).blocked?.code === 'queue.lane_fenced') return true;
    return (
      attempt.state === 'claimed' &&
      store.attempts.open(lane)?.state === 'claimed' &&
      openRuns(attempt).some((run) => store.runs.get(run)?.cancel !== undefined)
    );
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    await this.#waiter.wait(ms, signal);
    await this.#context.clock.sleep(SHORTEST_LOOK_MS, signal);
  }

  #ownProfile(id: string): StoredProfile | undefined {
    const profile = this.#context.ownProfiles.get(id);
    return profile && { hash: profileHash(profile), content: JSON.stringify(profile) };
  }

  /** Does `work` again, later and later, until it passes or somebody stops. */
  async #insist(what: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const { lane, logger, clock } = this.#context;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await work();
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.error({ lane, err: toCosmosError(error) }, what);
        await clock.sleep(backoff(failures), signal);
      }
    }
  }
}
