/**
 * Tells the loops of this process that something changed in the store. It carries nothing: whoever wakes looks at
 * the store, so a lost or doubled wake-up can only cost time.
 */
export class Wakeup {
  readonly #listeners = new Set<() => void>();

  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` at every `notify` until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A wait that is cut short by a wake-up; one that came since the last wait counts, so none is missed. */
export class Waiter {
  #woken = false;
  #resolve: (() => void) | undefined;

  readonly wake = (): void => {
    this.#woken = true;
    this.#resolve?.();
  };

  /**
   * Resolves at a wake-up, after `ms` milliseconds (`Infinity`: never by itself), or when `signal` aborts; never before
   * what has come in meanwhile was heard.
   */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted && ms > 0) {
      await new Promise<void>((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', finish);
          this.#resolve = undefined;
          resolve();
        };
        const timer = Number.isFinite(ms) ? setTimeout(finish, Math.min(ms, LONGEST_TIMER_MS)) : undefined;
        signal.addEventListener('abort', finish, { once: true });
        this.#resolve = finish;
      });
    }
    this.#woken = false;
    // A loop that always finds more to do would let nothing else in: an event that wants its acknowledgement, for one.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** A longer `setTimeout` fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
