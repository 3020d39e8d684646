import { toCosmosError } from '../errors.ts';
import type { AttemptId } from '../ids.ts';
import type { LaneContext } from './lane-context.ts';

/** Removes the directory of an ended attempt; what cannot be removed now is removed at the next start of the lane. */
export async function discardAttempt(
  context: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
): Promise<void> {
  try {
    await context.host.discard(attempt, signal);
  } catch (error) {
    context.logger.warn({ attempt, err: toCosmosError(error) }, 'attempt directory could not be removed');
  }
}

/**
 * Removes what ended attempts of this bot have left on the host. One that still runs, or that the database does not
 * know, is reported and left alone.
 */
export async function sweepLeftovers(context: LaneContext, signal: AbortSignal): Promise<void> {
  const { host, store, instance, logger } = context;
  try {
    for (const { attempt, status } of await host.leftovers(instance, signal)) {
      const state = store.attempts.stateOf(attempt);
      if (state === 'open') continue;
      if (state === 'ended' && status.state !== 'running') await discardAttempt(context, attempt, signal);
      else
        logger.error(
          { attempt, known: state, status },
          'an attempt of ours is on the host that should not be there',
        );
    }
  } catch (error) {
    logger.warn({ host: host.name, err: toCosmosError(error) }, 'leftovers could not be listed');
  }
}
