import { toCosmosError } from '../errors.ts';
import type { AttemptId } from '../ids.ts';
import type { LaneContext } from './lane-context.ts';

/** Time that the removal of an ended attempt gets beyond the end of the bot, ms: less than a shutdown may take. */
const LAST_DISCARD_MS = 3000;

/**
 * `discardAttempt` for an attempt that has just ended. Who waited for that end closes the bot now: what is left of the
 * attempt goes all the same, if that is quick.
 */
export async function discardEnded(
  context: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
): Promise<void> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), LAST_DISCARD_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    await discardAttempt(context, attempt, late.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}

/** Removes the directory of an ended attempt; what cannot be removed now is removed at the next start of the lane. */
async function discardAttempt(context: LaneContext, attempt: AttemptId, signal: AbortSignal): Promise<void> {
  try {
    await context.host.discard(attempt, signal);
  } catch (error) {
    if (signal.aborted) return;
    context.logger.warn({ attempt, err: toCosmosError(error) }, 'attempt directory could not be removed');
  }
}

/**
 * Removes what ended attempts of this bot have left on the host, processes included: an attempt ends only when they
 * are gone, or when another host answered. One that the database does not know is reported and left alone. False where
 * the host could not be asked.
 */
export async function sweepLeftovers(context: LaneContext, signal: AbortSignal): Promise<boolean> {
  const { host, store, instance, logger } = context;
  try {
    for (const { attempt, status } of await host.leftovers(instance, signal)) {
      const known = store.attempts.stateOf(attempt);
      if (known === 'open') continue;
      if (known === 'unknown') {
        logger.error({ attempt, status }, 'the host has an attempt of ours that the database does not know');
        continue;
      }
      if (status.state === 'running') await host.stop(attempt, 'kill', signal);
      await discardAttempt(context, attempt, signal);
    }
    return true;
  } catch (error) {
    if (!signal.aborted)
      logger.warn({ host: host.name, err: toCosmosError(error) }, 'leftovers could not be listed');
    return false;
  }
}
