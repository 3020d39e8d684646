import { CosmosError, toCosmosError } from '../errors.ts';
import type { RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { AttemptStatus } from '../ports/host.ts';
import { BatchTracker } from '../runs/batch-tracker.ts';
import type { Run } from '../runs/run.ts';
import type { AttemptEnd } from '../store/attempts.ts';
import { type Attempt, openRuns } from './attempt.ts';
import { dropCancelled } from './cancelled-items.ts';
import { concludeAbandoned, concludeExited, concludeVanished, notStarted } from './finish-attempt.ts';
import { concludeBatch } from './finish-batch.ts';
import { followRunning } from './follow-running.ts';
import { Followers } from './followers.ts';
import { HoldUp } from './hold-up.ts';
import { HostContact } from './host-contact.ts';
import type { LaneContext } from './lane-context.ts';
import { discardEnded } from './leftovers.ts';
import type { NextLook } from './next-look.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import { hasRun, isCancelled, type ReadyAttempt, readAttempt } from './ready-run.ts';
import { retryDelay } from './retry-policy.ts';
import { removeUnfinishedOutputs } from './unfinished-outputs.ts';

type Reached = Exclude<AttemptStatus, { state: 'unreachable' }>;

/**
 * Brings one attempt one step further: reads what is durable, asks the host, does the next idempotent thing. Normal
 * running, a restart of the bot and the return of the network are this same code.
 */
export class Reconciler implements AsyncDisposable {
  readonly #context: LaneContext;
  readonly #followers: Followers;
  /** Until when nothing is tried after a failure, however often something wakes us; a new cancel is tried at once. */
  #pause: { readonly until: UtcMs; readonly cancels: number } | undefined;
  readonly #onLeft: () => void;
  /** Of the attempt that the last step was about. */
  #runs: readonly RunId[] = [];
  readonly #contact: HostContact;
  readonly #holdUp: HoldUp;

  /** `onLeft` is called where something of an ended attempt could not be removed from its host. */
  constructor(context: LaneContext, wake: () => void, onLeft: () => void = () => undefined) {
    this.#context = context;
    this.#onLeft = onLeft;
    this.#followers = new Followers(context, wake);
    this.#contact = new HostContact(context);
    this.#holdUp = new HoldUp(context);
  }

  /** Throws only where the store itself fails, and when `signal` aborts: nothing is lost then, look again. */
  async step(attempt: Attempt, signal: AbortSignal): Promise<NextLook> {
    const { store, profiles, clock } = this.#context;
    this.#runs = attempt.items.map(({ run }) => run);
    const ready = readAttempt(store, profiles, attempt);
    const cancels = ready.items.filter(({ run }) => run.cancel !== undefined).length;
    const wait = this.#pause?.cancels === cancels ? this.#pause.until - clock.now() : 0;
    if (wait > 0) return wait;
    this.#pause = undefined;
    try {
      const next = await this.#advance(attempt, ready, signal);
      this.#holdUp.over(runsOf(ready));
      return next;
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = toCosmosError(error);
      const next = isUnreachable(failure)
        ? this.#contact.lost(runsOf(ready), reasonOf(failure))
        : this.#holdUp.failed(runsOf(ready), failure);
      this.#pause = { until: clock.now() + next, cancels };
      return next;
    }
  }

  /** Its attempt is over, whoever has ended it: nothing of it is left here, or holds up or colours the next one. */
  async letGo(): Promise<void> {
    this.#pause = undefined;
    this.#contact.forget();
    this.#holdUp.forget();
    for (const run of this.#runs) await removeUnfinishedOutputs(this.#context, run);
    this.#runs = [];
    await this.#followers[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#followers[Symbol.asyncDispose]();
  }

  async #advance(attempt: Attempt, ready: ReadyAttempt, signal: AbortSignal): Promise<NextLook> {
    if (attempt.state === 'claimed') return await this.#begin(attempt, ready, signal);
    const { host } = this.#context;
    const status = await host.inspect(attempt.id, signal);
    if (status.state === 'unreachable') {
      throw new CosmosError('engine.host_unreachable', { reason: status.detail });
    }
    const isReplaced = attempt.hostId !== undefined && (await host.identify(signal)) !== attempt.hostId;
    this.#contact.found(runsOf(ready));
    return isReplaced
      ? await this.#leaveReplaced(attempt, status, signal)
      : await this.#act(attempt, ready, status, signal);
  }

  /** Nothing was started yet: whatever goes wrong here can be tried again, or ended, without asking the host. */
  async #begin(attempt: Attempt, ready: ReadyAttempt, signal: AbortSignal): Promise<NextLook> {
    const { store, clock, wakeup } = this.#context;
    if (isCancelled(ready)) return await this.#end(attempt, { outcome: 'cancelled', outputs: [] }, signal);
    if (dropCancelled(this.#context, attempt, ready)) return 'now';
    const wait = (attempt.nextTryAt ?? 0) - clock.now();
    if (wait > 0) return wait;
    try {
      await prepareAttempt(this.#context, attempt, ready, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return await this.#tryFailed(attempt, ready, toCosmosError(error), signal);
    }
    this.#contact.found(runsOf(ready));
    // Somebody has cancelled a run of it, or has ended it: the next look says what becomes of the others.
    if (!store.attempts.markStarting(attempt)) return 'now';
    wakeup.notify();
    return await this.#start({ ...attempt, tries: 0 }, ready, signal);
  }

  /** Another host answers than the one on which the attempt was prepared: nothing of it can be collected. */
  async #leaveReplaced(attempt: Attempt, status: Reached, signal: AbortSignal): Promise<NextLook> {
    const { host } = this.#context;
    if (status.state === 'running') {
      // Its directory was wiped, its processes were not: they must not share the lane with the next run.
      await host.stop(attempt.id, 'kill', signal);
      return host.pollMs;
    }
    const problem = { code: 'engine.host_replaced', parameters: { host: host.name } } as const;
    return await this.#end(attempt, { outcome: 'lost', problem, outputs: [] }, signal);
  }

  async #act(attempt: Attempt, ready: ReadyAttempt, status: Reached, signal: AbortSignal): Promise<NextLook> {
    const { host, store, clock } = this.#context;
    switch (status.state) {
      case 'never_started': {
        const wasRemoved = hasRun(ready);
        if (!isCancelled(ready) && !wasRemoved) {
          if (dropCancelled(this.#context, attempt, ready)) return 'now';
          const wait = (attempt.nextTryAt ?? 0) - clock.now();
          if (wait > 0) return wait;
          store.attempts.markStartingAgain(attempt);
          return await this.#start(attempt, ready, signal);
        }
        if ((await host.abandon(attempt.id, signal)) === 'already_started' || !wasRemoved) return 'now';
        return await this.#end(attempt, concludeVanished(this.#context, attempt, ready, 'missing'), signal);
      }
      case 'abandoned':
        return await this.#end(attempt, concludeAbandoned(attempt, ready), signal);
      case 'running':
        return await followRunning(this.#context, this.#followers, attempt, ready, signal);
      case 'exited':
        return await this.#collect(attempt, ready, status, signal);
      case 'vanished':
        return await this.#collect(attempt, ready, status, signal);
    }
  }

  async #start(attempt: Attempt, ready: ReadyAttempt, signal: AbortSignal): Promise<NextLook> {
    const { host, store, clock } = this.#context;
    try {
      await host.start(attempt.id, signal);
      return 'now';
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = toCosmosError(error);
      if (failure.layer === 'store') throw failure;
      if (retryDelay(failure, attempt.tries) !== undefined)
        return await this.#tryFailed(attempt, ready, failure, signal);
      // The host says that it cannot start it; only the start guard makes that final. The reason is kept first.
      const problem = failure.toProblem();
      store.attempts.recordFailedTry(attempt, problem, clock.now());
      if ((await host.abandon(attempt.id, signal)) === 'already_started') return 'now';
      return await this.#end(attempt, notStarted(ready, problem), signal);
    }
  }

  /** Nothing has begun. Our own store's failures say nothing about the host. */
  async #tryFailed(
    attempt: Attempt,
    ready: ReadyAttempt,
    failure: CosmosError,
    signal: AbortSignal,
  ): Promise<NextLook> {
    const { store, clock, logger, wakeup } = this.#context;
    if (failure.layer === 'store') throw failure;
    logger.warn({ run: attempt.run, attempt: attempt.id, err: failure }, 'attempt could not be started yet');
    const delay = retryDelay(failure, attempt.tries);
    if (delay === undefined) {
      return await this.#end(attempt, notStarted(ready, failure.toProblem()), signal);
    }
    store.attempts.recordFailedTry(attempt, failure.toProblem(), clock.now() + delay);
    wakeup.notify();
    return isUnreachable(failure)
      ? Math.min(delay, this.#contact.lost(runsOf(ready), reasonOf(failure)))
      : delay;
  }

  async #collect(
    attempt: Attempt,
    ready: ReadyAttempt,
    status: Extract<Reached, { state: 'exited' | 'vanished' }>,
    signal: AbortSignal,
  ): Promise<NextLook> {
    const { tracker } = await this.#followers.readAll(attempt, ready, signal);
    const tries = { failuresBefore: this.#holdUp.failures, signal };
    if (tracker instanceof BatchTracker) {
      const end = await concludeBatch(this.#context, attempt, ready, tracker, status, tries);
      return end === undefined ? 'now' : await this.#end(attempt, end, signal);
    }
    const end =
      status.state === 'exited'
        ? await concludeExited(this.#context, attempt, ready.items[0], tracker, status, tries)
        : concludeVanished(this.#context, attempt, ready, status.detail, tracker);
    return await this.#end(attempt, end, signal);
  }

  async #end(attempt: Attempt, end: AttemptEnd, signal: AbortSignal): Promise<NextLook> {
    const { store, lane, logger, wakeup } = this.#context;
    const isEnded = store.write(() => {
      // Somebody else may have ended it meanwhile, by giving its host up.
      if (!store.attempts.end(attempt, end)) return false;
      if (store.lanes.get(lane).blocked?.code === 'engine.not_stopped') {
        store.lanes.setBlocked(lane, undefined);
        store.events.append({ type: 'lane.reopened', payload: { lane } }, {});
      }
      return true;
    });
    if (isEnded) {
      const { outcome, problem } = end;
      logger.info({ runs: openRuns(attempt), attempt: attempt.id, outcome, problem }, 'attempt ended');
      wakeup.notify();
    }
    await this.letGo();
    if (!(await discardEnded(this.#context, attempt.id, signal))) this.#onLeft();
    return 'now';
  }
}

function runsOf({ open }: ReadyAttempt): readonly Run[] {
  return open.map(({ run }) => run);
}

function isUnreachable(failure: CosmosError): boolean {
  return failure.code === 'engine.host_unreachable';
}

function reasonOf(failure: CosmosError): string {
  return String(failure.parameters['reason'] ?? '');
}
