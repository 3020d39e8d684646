import type { Clock } from '../../core/ports/clock.ts';

/** How long a platform may be waited for, and how it says that it wants to be. */
export interface Patience {
  readonly clock: Clock;
  /** All waits together, ms. */
  readonly patienceMs: number;
  readonly closed: AbortSignal;
  /** How long a refusal asks to wait, ms; undefined for any other failure. Nothing was done then. */
  readonly waitAskedFor: (thrown: unknown) => number | undefined;
}

/**
 * Calls again where the platform asks to come later, which is sure to have done nothing, as long as all waits together
 * are not longer than `patienceMs`. Throws what the call threw.
 */
export async function patiently<T>(
  call: () => Promise<T>,
  { clock, patienceMs, closed, waitAskedFor }: Patience,
): Promise<T> {
  let left = patienceMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const wait = waitAskedFor(error);
      if (wait === undefined || wait > left || closed.aborted) throw error;
      left -= Math.max(wait, 1);
      await clock.sleep(wait, closed);
    }
  }
}
