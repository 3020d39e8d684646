import type { Clock, UtcMs } from '../../src/core/ports/clock.ts';

/** A clock that stands until the test moves it. */
export class FakeClock implements Clock {
  #now: UtcMs;
  readonly #sleepers = new Set<{ readonly until: UtcMs; readonly wake: () => void }>();

  constructor(now: UtcMs = Date.UTC(2026, 0, 15, 12)) {
    this.#now = now;
  }

  now(): UtcMs {
    return this.#now;
  }

  /** How many wait for it. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves on and wakes whoever has slept long enough. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until <= this.#now) sleeper.wake();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#sleepers.delete(sleeper);
  }
}
