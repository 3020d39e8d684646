import type { Logger } from 'pino';
import { type CosmosError, isRetryable } from '../../core/errors.ts';
import type { TellConnection } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { backoff } from '../../core/runner/retry-policy.ts';
import { afterFailure } from './connection-note.ts';

export interface Reaching {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the waiting. */
  readonly closed: AbortSignal;
  readonly tell: TellConnection | undefined;
  readonly toChatError: (thrown: unknown) => CosmosError;
}

/** Begins again as long as a platform does not answer yet, or until `closed` aborts. Throws what no waiting mends. */
export async function untilReached(begin: () => Promise<void>, parts: Reaching): Promise<void> {
  const { clock, logger, closed, tell, toChatError } = parts;
  for (let tries = 0; !closed.aborted; tries++) {
    try {
      return await begin();
    } catch (error) {
      const failure = toChatError(error);
      if (!isRetryable(failure.code) || closed.aborted) throw failure;
      logger.warn({ err: failure, tries }, 'the platform cannot be reached yet');
      tell?.(afterFailure(failure));
      await clock.sleep(backoff(tries), closed);
    }
  }
}
