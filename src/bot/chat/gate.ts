import { CosmosError, toCosmosError } from '../../core/errors.ts';
import type { Receive } from '../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../core/ports/clock.ts';

/**
 * For so long after a refusal nothing is tried, ms. A try at a busy store stops the process for 100 ms; what has come in
 * meanwhile waits behind it and would stop it again, each for as long: the last of twenty would be answered after 2 s.
 */
const HOLD_MS = 50;
/** A try that stops the process for so long may have met a busy store, ms: its outcome is waited for before the next. */
const STALL_MS = 20;

/** `receive`, with `store.busy` at once where it has just been that. */
export function gated(receive: Receive, clock: Clock): Receive {
  let heldUntil: UtcMs = 0;
  let stalled: Promise<void> | undefined;

  const attempt = async (event: Parameters<Receive>[0]): Promise<void> => {
    try {
      await receive(event);
    } catch (error) {
      if (toCosmosError(error).retryable) heldUntil = clock.now() + HOLD_MS;
      throw error;
    }
  };
  return async (event) => {
    while (stalled !== undefined) await stalled;
    if (clock.now() < heldUntil) throw new CosmosError('store.busy');
    const began = clock.now();
    const done = attempt(event);
    if (clock.now() - began >= STALL_MS) {
      const known = (): void => {
        stalled = undefined;
      };
      stalled = done.then(known, known);
    }
    await done;
  };
}
