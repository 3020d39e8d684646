import { type CosmosError, toCosmosError } from '../errors.ts';
import type { AttemptStatus } from '../ports/host.ts';
import type { AttemptEnd } from '../store/attempts.ts';
import type { Attempt } from './attempt.ts';
import { AttemptFollower } from './attempt-follower.ts';
import { concludeExited, concludeVanished } from './finish-attempt.ts';
import type { LaneContext } from './lane-context.ts';
import { discardAttempt } from './leftovers.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import { type ReadyRun, readRun } from './ready-run.ts';
import { backoff, retryDelay } from './retry-policy.ts';
import { runProgress } from './run-progress.ts';
import { decideStop } from './stop-policy.ts';

/** When to look at the lane again: at once, or after so many ms or a wake-up, whichever is first. */
export type NextLook = 'now' | number;

/** How often a running attempt is looked at when nothing wakes us, ms. */
const QUIET_LOOK_MS = 5_000;
/** How often progress is stored, ms. */
const PROGRESS_INTERVAL_MS = 500;

/**
 * Brings one attempt one step further: reads what is durable, asks the host, does the next idempotent thing. Normal
 * running, a restart of the bot and the return of the network are this same code.
 */
export class Reconciler implements AsyncDisposable {
  readonly #context: LaneContext;
  readonly #wake: () => void;
  #follower: AttemptFollower | undefined;
  #unreachableLooks = 0;
  #progressStoredAt = 0;

  constructor(context: LaneContext, wake: () => void) {
    this.#context = context;
    this.#wake = wake;
  }

  async step(attempt: Attempt, signal: AbortSignal): Promise<NextLook> {
    const ready = readRun(this.#context.store, this.#context.profiles, attempt);
    if (attempt.state === 'claimed') return await this.#begin(attempt, ready, signal);
    const { host } = this.#context;
    const status = await host.inspect(attempt.id, signal);
    if (status.state === 'unreachable') return this.#unreachable(ready, status.detail);
    if (await this.#isOtherHost(attempt, ready, signal)) {
      const problem = { code: 'engine.host_replaced', parameters: { host: host.name } } as const;
      return await this.#end(attempt, { outcome: 'lost', problem, outputs: [] }, signal);
    }
    return await this.#act(attempt, ready, status, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follower?.[Symbol.asyncDispose]();
    this.#follower = undefined;
  }

  /** Nothing was started yet: whatever goes wrong here can be tried again, or ended, without asking the host. */
  async #begin(attempt: Attempt, ready: ReadyRun, signal: AbortSignal): Promise<NextLook> {
    const { store, clock, wakeup } = this.#context;
    if (ready.run.cancel !== undefined)
      return await this.#end(attempt, { outcome: 'cancelled', outputs: [] }, signal);
    const wait = (attempt.nextTryAt ?? 0) - clock.now();
    if (wait > 0) return wait;
    try {
      await prepareAttempt(this.#context, attempt, ready, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return await this.#tryFailed(attempt, ready, toCosmosError(error), signal);
    }
    store.runs.setUnreachable(attempt.run, undefined);
    if (!store.attempts.markStarting(attempt))
      return await this.#end(attempt, { outcome: 'cancelled', outputs: [] }, signal);
    wakeup.notify();
    return await this.#start(attempt, ready, signal);
  }

  async #act(
    attempt: Attempt,
    ready: ReadyRun,
    status: Exclude<AttemptStatus, { state: 'unreachable' }>,
    signal: AbortSignal,
  ): Promise<NextLook> {
    switch (status.state) {
      case 'never_started':
        if (ready.run.cancel === undefined) return await this.#start(attempt, ready, signal);
        await this.#context.host.abandon(attempt.id, signal);
        return 'now';
      case 'abandoned':
        return await this.#end(attempt, { outcome: 'cancelled', outputs: [] }, signal);
      case 'running':
        return await this.#follow(attempt, ready, signal);
      case 'exited': {
        const follower = await this.#followerOf(attempt, ready);
        await follower.readLog(this.#context.clock.now(), signal);
        this.#storeProgress(ready, follower);
        const end = await concludeExited(this.#context, attempt, ready, follower, status, signal);
        return await this.#end(attempt, end, signal);
      }
      case 'vanished': {
        const follower = await this.#followerOf(attempt, ready);
        await follower.readLog(this.#context.clock.now(), signal);
        return await this.#end(attempt, concludeVanished(attempt, status.detail), signal);
      }
    }
  }

  async #start(attempt: Attempt, ready: ReadyRun, signal: AbortSignal): Promise<NextLook> {
    const wait = (attempt.nextTryAt ?? 0) - this.#context.clock.now();
    if (wait > 0) return wait;
    try {
      await this.#context.host.start(attempt.id, signal);
      return 'now';
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = toCosmosError(error);
      const delay = retryDelay(failure, attempt.tries);
      if (delay !== undefined) return await this.#tryFailed(attempt, ready, failure, signal);
      // The host says that it cannot start it; only the start guard makes that final.
      if ((await this.#context.host.abandon(attempt.id, signal)) === 'already_started') return 'now';
      return await this.#end(
        attempt,
        { outcome: 'failed', problem: failure.toProblem(), outputs: [] },
        signal,
      );
    }
  }

  async #tryFailed(
    attempt: Attempt,
    ready: ReadyRun,
    failure: CosmosError,
    signal: AbortSignal,
  ): Promise<NextLook> {
    const { store, clock, logger, wakeup } = this.#context;
    logger.warn({ run: attempt.run, attempt: attempt.id, err: failure }, 'attempt could not be started yet');
    const delay = retryDelay(failure, attempt.tries);
    if (delay === undefined) {
      return await this.#end(
        attempt,
        { outcome: 'failed', problem: failure.toProblem(), outputs: [] },
        signal,
      );
    }
    if (failure.code === 'engine.host_unreachable') this.#noteUnreachable(ready, failure.message);
    store.attempts.recordFailedTry(attempt, failure.toProblem(), clock.now() + delay);
    wakeup.notify();
    return delay;
  }

  async #follow(attempt: Attempt, ready: ReadyRun, signal: AbortSignal): Promise<NextLook> {
    const { store, clock, host } = this.#context;
    const follower = await this.#followerOf(attempt, ready);
    if (attempt.stop === undefined) store.runs.setStage(attempt.run, 'running');
    await follower.readLog(clock.now(), signal);
    this.#storeProgress(ready, follower);
    const { profile, run } = ready;
    const decision = decideStop(
      clock.now(),
      {
        cancelRequested: run.cancel !== undefined,
        startedAt: attempt.startingAt ?? attempt.claimedAt,
        lastLogAt: follower.lastLogAt,
        ...(attempt.stop && { stop: attempt.stop }),
      },
      this.#context.timeouts(profile),
    );
    switch (decision.act) {
      case 'terminate':
        store.attempts.recordStop(attempt, decision.reason, await host.listOutputs(attempt.id, signal));
        this.#context.wakeup.notify();
        return 'now';
      case 'kill':
        store.attempts.recordKill(attempt, decision.reason);
        return 'now';
      case 'give_up':
        this.#block(attempt);
        break;
      case 'none':
        break;
    }
    await this.#sendStop(attempt, follower, signal);
    const ownPace = follower.isWatched ? QUIET_LOOK_MS : host.pollMs;
    return decision.act === 'none' ? Math.min(ownPace, decision.nextMs) : ownPace;
  }

  /** Sends the recorded signal, once per process: an earlier process may have died between record and signal. */
  async #sendStop(attempt: Attempt, follower: AttemptFollower, signal: AbortSignal): Promise<void> {
    if (attempt.stop === undefined) return;
    const strength = attempt.stop.killSentAt === undefined ? 'terminate' : 'kill';
    if (follower.sent.has(strength)) return;
    await this.#context.host.stop(attempt.id, strength, signal);
    follower.sent.add(strength);
  }

  /** A lane that cannot be proved free takes nothing more until the processes are gone. */
  #block(attempt: Attempt): void {
    const { store, lane, logger } = this.#context;
    if (store.lanes.get(lane).blocked !== undefined) return;
    const problem = { code: 'engine.not_stopped', parameters: { attempt: attempt.id } } as const;
    logger.error({ lane, attempt: attempt.id }, 'killed attempt is still alive');
    store.write(() => {
      store.lanes.setBlocked(lane, problem);
      store.events.append({ type: 'lane.blocked', payload: { lane, problem } }, { attempt: attempt.id });
    });
  }

  /** True where the host that answers is not the one on which the attempt was prepared. */
  async #isOtherHost(attempt: Attempt, ready: ReadyRun, signal: AbortSignal): Promise<boolean> {
    const { store, host } = this.#context;
    this.#unreachableLooks = 0;
    if (ready.run.unreachableSince !== undefined) {
      store.write(() => {
        store.runs.setUnreachable(attempt.run, undefined);
        store.events.append({ type: 'run.host_reachable', payload: {} }, { run: attempt.run });
      });
    }
    return attempt.hostId !== undefined && (await host.identify(signal)) !== attempt.hostId;
  }

  #unreachable(ready: ReadyRun, detail: string): NextLook {
    this.#noteUnreachable(ready, detail);
    this.#unreachableLooks += 1;
    return backoff(this.#unreachableLooks - 1);
  }

  #noteUnreachable({ run }: ReadyRun, detail: string): void {
    const { store, clock, wakeup, logger } = this.#context;
    if (run.unreachableSince !== undefined) return;
    logger.warn({ run: run.id, host: this.#context.host.name, detail }, 'host does not answer');
    store.write(() => {
      store.runs.setUnreachable(run.id, clock.now());
      store.events.append({ type: 'run.host_unreachable', payload: { detail } }, { run: run.id });
    });
    wakeup.notify();
  }

  #storeProgress(ready: ReadyRun, follower: AttemptFollower): void {
    const { clock, store, wakeup } = this.#context;
    const now = clock.now();
    if (now - this.#progressStoredAt < PROGRESS_INTERVAL_MS) return;
    this.#progressStoredAt = now;
    store.runs.setProgress(ready.run.id, runProgress(ready, follower.tracker.snapshot(), now, store));
    wakeup.notify();
  }

  async #followerOf(attempt: Attempt, ready: ReadyRun): Promise<AttemptFollower> {
    if (this.#follower?.attempt === attempt.id) return this.#follower;
    await this[Symbol.asyncDispose]();
    const { host, clock, data } = this.#context;
    this.#follower = await AttemptFollower.open(host, attempt, ready, {
      logPath: data.log(attempt.run, attempt.id),
      now: clock.now(),
      wake: this.#wake,
    });
    return this.#follower;
  }

  async #end(attempt: Attempt, end: AttemptEnd, signal: AbortSignal): Promise<NextLook> {
    const { store, lane, logger, wakeup } = this.#context;
    store.write(() => {
      store.attempts.end(attempt, end);
      if (store.lanes.get(lane).blocked?.code === 'engine.not_stopped') {
        store.lanes.setBlocked(lane, undefined);
        store.events.append({ type: 'lane.reopened', payload: { lane } }, {});
      }
    });
    logger.info(
      { run: attempt.run, attempt: attempt.id, outcome: end.outcome, problem: end.problem },
      'run ended',
    );
    wakeup.notify();
    await this[Symbol.asyncDispose]();
    await discardAttempt(this.#context, attempt.id, signal);
    return 'now';
  }
}
