import { type Problem, toCosmosError } from '../errors.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { HostFacts } from '../ports/host.ts';
import { proveGpusFree } from './gpu-proof.ts';
import type { LaneContext } from './lane-context.ts';
import { sweepLeftovers } from './leftovers.ts';
import { noteAnswer } from './note-answer.ts';
import { backoff } from './retry-policy.ts';

/** How long a lane is looked at again before it is said to be blocked, ms: memory goes a moment after its process. */
const PATIENCE_MS = 5_000;
const SHORTEST_DELAY_MS = 500;
/** A GPU that somebody else uses is taken soon after they leave it; a host that does not answer is asked less often. */
const LONGEST_GPU_DELAY_MS = 15_000;
const LONGEST_HOST_DELAY_MS = 60_000;

/**
 * Whether a lane may take its next run: asked before each claim, while nothing of the lane is executed. Nothing of an
 * ended attempt may be alive on its host, and the memory of its GPUs must be free. What does not pass is looked at
 * again, later and later; after a few seconds the lane says what it waits for. It opens by itself.
 */
export class LaneOpening {
  readonly #context: LaneContext;
  /** Whether leftovers were looked for since this process drives the lane. */
  #isSwept = false;
  /** What is left of an ended attempt goes while the lane has nothing else to do. */
  #tidying: { tries: number; at: UtcMs } | undefined;
  #held: { readonly since: UtcMs; readonly until: UtcMs } | undefined;
  #isToldUnprovable = false;

  constructor(context: LaneContext) {
    this.#context = context;
  }

  /** Sweeps the host once, whether anything waits or not; one that does not answer is asked before the first claim. */
  async begin(signal: AbortSignal): Promise<void> {
    this.#isSwept = (await sweepLeftovers(this.#context, signal)) === undefined;
  }

  /** Something of an ended attempt could not be removed from its host. */
  noteLeft(): void {
    this.#isSwept = false;
    this.#tidying ??= { tries: 0, at: this.#context.clock.now() + backoff(0) };
  }

  /**
   * Looks once. Else returns when to look again, ms, at latest; `Infinity`: when something has changed. Where nothing
   * waits for the lane nothing is asked, unless its host was given up, or something of an ended attempt is left there:
   * that is ended and removed all the same.
   */
  async look(signal: AbortSignal): Promise<'open' | number> {
    const { store, lane, models, clock } = this.#context;
    const { blocked } = store.lanes.get(lane);
    const isFenced = blocked?.code === 'queue.lane_fenced';
    const isWaitedFor = store.attempts.isWaitedFor(models());
    if (!isFenced && !isWaitedFor) return this.#clear(blocked) ? await this.#tidyUp(signal) : 0;
    const wait = (this.#held?.until ?? 0) - clock.now();
    if (wait > 0) return wait;
    if (isFenced || !this.#isSwept) {
      const problem = await sweepLeftovers(this.#context, signal, this.#level);
      this.#isSwept = problem === undefined;
      if (this.#isSwept) this.#tidying = undefined;
      if (problem !== undefined) return this.#hold(problem, LONGEST_HOST_DELAY_MS);
      if (isFenced) {
        this.#clear(blocked);
        return 0;
      }
    }
    const problem = await this.#gpuProblem(signal);
    if (problem !== undefined) return this.#hold(problem, LONGEST_GPU_DELAY_MS);
    return this.#clear(blocked) ? 'open' : 0;
  }

  /** What stays as it is is told once. */
  get #level(): 'warn' | 'debug' {
    return this.#held === undefined ? 'warn' : 'debug';
  }

  /** Nothing waits for the lane. Returns when to look again, ms. */
  async #tidyUp(signal: AbortSignal): Promise<number> {
    const { clock } = this.#context;
    const tidying = this.#tidying;
    if (tidying === undefined) return Number.POSITIVE_INFINITY;
    const wait = tidying.at - clock.now();
    if (wait > 0) return wait;
    const level = tidying.tries === 0 ? 'warn' : 'debug';
    this.#isSwept = (await sweepLeftovers(this.#context, signal, level)) === undefined;
    tidying.tries += 1;
    tidying.at = clock.now() + backoff(tidying.tries);
    if (this.#isSwept) this.#tidying = undefined;
    return 0;
  }

  /** Why the GPUs of the lane cannot be said to be free. */
  async #gpuProblem(signal: AbortSignal): Promise<Problem | undefined> {
    const { host, lane, gpus, gpuIdleBytes, logger } = this.#context;
    if (gpus.length === 0) return undefined;
    const facts = await this.#askHost(signal);
    if ('code' in facts) return facts;
    // The claim that follows judges by it.
    noteAnswer(this.#context, facts);
    const proof = proveGpusFree(facts.gpus, gpus, gpuIdleBytes);
    const parameters = { host: host.name, lane };
    switch (proof.state) {
      case 'free':
        return undefined;
      case 'unprovable':
        if (!this.#isToldUnprovable) {
          logger.warn(
            { lane, reason: proof.reason },
            'nobody can tell whether the GPUs are free: not looked at',
          );
        }
        this.#isToldUnprovable = true;
        return undefined;
      case 'busy': {
        const { gpu, usedBytes, totalBytes } = proof;
        const total = totalBytes === undefined ? {} : { totalBytes };
        return {
          code: 'engine.gpu_busy',
          parameters: { ...parameters, gpu, usedBytes, ...total, idleBytes: gpuIdleBytes },
        };
      }
      case 'failed':
        return {
          code: 'engine.gpu_unproved',
          parameters: { ...parameters, gpus: proof.gpus, reason: proof.reason },
        };
    }
  }

  async #askHost(signal: AbortSignal): Promise<HostFacts | Problem> {
    const { host, logger } = this.#context;
    try {
      return await host.facts({ images: [], paths: [] }, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = toCosmosError(error);
      logger[this.#level]({ host: host.name, err: failure }, 'the GPUs of the lane could not be looked at');
      // Another host may answer by now: whatever is there is looked through first.
      this.#isSwept = false;
      return { code: failure.code, parameters: { host: host.name, ...failure.parameters } };
    }
  }

  /** Returns when to look again, ms. */
  #hold(problem: Problem, longestMs: number): number {
    const now = this.#context.clock.now();
    const since = this.#held?.since ?? now;
    const delay = Math.min(longestMs, Math.max(SHORTEST_DELAY_MS, Math.round((now - since) / 2)));
    this.#held = { since, until: now + delay };
    if (now - since >= PATIENCE_MS) this.#say(problem);
    return delay;
  }

  #say(problem: Problem): void {
    const { store, lane, logger, wakeup } = this.#context;
    const said = store.write(() => {
      const { blocked } = store.lanes.get(lane);
      const shown = blocked?.code === 'queue.lane_fenced' ? ofFence(blocked, problem) : problem;
      if (isSame(blocked, shown)) return undefined;
      store.lanes.setBlocked(lane, shown);
      if (blocked?.code !== shown.code)
        store.events.append({ type: 'lane.blocked', payload: { lane, problem: shown } }, {});
      return shown;
    });
    if (said === undefined) return;
    logger.warn({ lane, problem: said }, 'lane is blocked');
    wakeup.notify();
  }

  /** Nothing holds the lane any more. False where it was given up since `seen` was read. */
  #clear(seen: Problem | undefined): boolean {
    const { store, lane, logger, wakeup } = this.#context;
    this.#held = undefined;
    if (seen === undefined) return true;
    const isCleared = store.write(() => {
      if (!isSame(store.lanes.get(lane).blocked, seen)) return false;
      store.lanes.setBlocked(lane, undefined);
      store.events.append({ type: 'lane.reopened', payload: { lane } }, {});
      return true;
    });
    if (!isCleared) return false;
    logger.info({ lane }, 'lane is open again');
    wakeup.notify();
    return true;
  }
}

/** A lane that was given up says so until its host is clean, and which attempt keeps it from that. */
function ofFence(fence: Problem, { code, parameters: { attempt } }: Problem): Problem {
  const { attempt: _, ...parameters } = fence.parameters;
  const isAlive = code === 'engine.not_stopped' && attempt !== undefined;
  return { code: fence.code, parameters: { ...parameters, ...(isAlive && { attempt }) } };
}

function isSame(one: Problem | undefined, other: Problem | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
