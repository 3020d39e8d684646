import type { Clock } from '../../core/ports/clock.ts';

/** Waits for `work`, but no longer than `ms`; what it fails with is thrown, what comes later is nobody's concern. */
export async function withinMs(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  const waiting = new AbortController();
  try {
    await Promise.race([work, clock.sleep(ms, waiting.signal)]);
  } finally {
    waiting.abort();
  }
}
