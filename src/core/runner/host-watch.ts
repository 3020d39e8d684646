import type { Logger } from 'pino';
import { type Problem, toCosmosError } from '../errors.ts';
import type { LaneName } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Host, HostFacts } from '../ports/host.ts';
import type { Store } from '../store/store.ts';
import type { Wakeup } from '../wakeup.ts';
import { noteAnswer } from './note-answer.ts';

/** Between two looks at a host that has something to do, ms: memory and temperature change as quickly. */
const BUSY_MS = 30_000;
/** Between two looks at a host that has nothing to do, ms. */
const IDLE_MS = 5 * 60_000;
/** Longest time between two looks at a host that does not answer, ms. */
const LONGEST_MS = 10 * 60_000;
/** How often the time of the next look is thought about anew, ms: what it takes for a host to be seen as busy. */
const TICK_MS = 5_000;

export interface HostWatchParts {
  readonly host: Host;
  readonly lanes: readonly LaneName[];
  readonly store: Pick<Store, 'attempts' | 'hostReadings' | 'runs'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
}

/**
 * Asks a host from time to time how it is, and stores what it answers: whoever wants to know is answered at once, from
 * the store. Often while it is busy, seldom while it is idle, and ever more seldom while it fails.
 */
export class HostWatch {
  readonly #parts: HostWatchParts;
  readonly #stopping = new AbortController();
  /** Failed looks in a row. */
  #failures = 0;
  #hasLooked = false;
  #loop: Promise<void> | undefined;

  constructor(parts: HostWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  /** Nothing leaves this loop: a look that cannot be stored is made again. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger, host } = this.#parts;
    while (!signal.aborted) {
      try {
        if (this.#isDue()) await this.#look(signal);
      } catch (error) {
        logger.warn({ host: host.name, err: toCosmosError(error) }, 'the reading of a host was not stored');
      }
      await clock.sleep(TICK_MS, signal);
    }
  }

  /** Counted from the last look of any process: two that ask the same host do not ask it twice as often. */
  #isDue(): boolean {
    const { store, clock, host } = this.#parts;
    const reading = store.hostReadings.get(host.name);
    // What was stored before this process began may be of another address.
    if (reading === undefined || !this.#hasLooked) return true;
    return clock.now() - reading.askedAt >= this.#interval();
  }

  #interval(): number {
    const usual = this.#isBusy() ? BUSY_MS : IDLE_MS;
    if (this.#failures === 0 || this.#hasContact()) return usual;
    return Math.min(LONGEST_MS, usual * 2 ** Math.min(this.#failures, 16));
  }

  #isBusy(): boolean {
    const { store, lanes } = this.#parts;
    return lanes.some((lane) => store.attempts.open(lane) !== undefined);
  }

  /** Its runs hear from it, whatever the last look said. */
  #hasContact(): boolean {
    const { store, lanes } = this.#parts;
    const own = store.runs.active().filter(({ lane }) => lane !== undefined && lanes.includes(lane));
    return own.length > 0 && own.every((run) => run.unreachableSince === undefined);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { host, store, clock } = this.#parts;
    const answer = await this.#ask(signal);
    if (signal.aborted) return;
    if ('code' in answer) store.hostReadings.setFailure(host.name, answer, clock.now());
    else noteAnswer(this.#parts, answer);
    this.#failures = 'code' in answer ? this.#failures + 1 : 0;
    this.#hasLooked = true;
  }

  async #ask(signal: AbortSignal): Promise<HostFacts | Problem> {
    const { host, logger } = this.#parts;
    try {
      return await host.facts({ images: [], paths: [] }, signal);
    } catch (error) {
      const failure = toCosmosError(error);
      const { code, parameters } = failure;
      if (this.#failures === 0 && !signal.aborted) {
        logger.warn({ host: host.name, err: failure }, 'host cannot be looked at');
      }
      // Without a run on it nothing was lost.
      const idle = code === 'engine.host_replaced' && !this.#isBusy();
      return { code, parameters: { host: host.name, ...parameters, ...(idle && { idle }) } };
    }
  }
}
