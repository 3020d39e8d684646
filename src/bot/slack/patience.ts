import type { Clock } from '../../core/ports/clock.ts';
import { toChatError, waitAskedFor } from './slack-errors.ts';

/**
 * Calls again where Slack asks to come later, which is sure to have done nothing, as long as all waits together are not
 * longer than `patienceMs`. Throws what Slack threw.
 */
export async function patiently<T>(
  call: () => Promise<T>,
  { clock, patienceMs, closed }: { clock: Clock; patienceMs: number; closed: AbortSignal },
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

/** What the call answers; its failures in the codes of the port. */
export async function coded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toChatError(error);
  }
}
