import type { Logger } from 'pino';
import { toCosmosError } from '../../../core/errors.ts';
import type { Inbound, Receive } from '../../../core/ports/chat.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import { backoff } from '../../../core/runner/retry-policy.ts';
import { fromMessage, type HeardMessage } from './from-message.ts';
import type { Surroundings } from './place.ts';
import type { Seen } from './seen.ts';

export interface MessagesParts {
  readonly receive: Receive;
  readonly around: Surroundings;
  readonly seen: Seen;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the tries; what is not saved then is caught up by the next session. */
  readonly closed: AbortSignal;
}

/** Messages of people, made durable: Discord sends none of them again, so a busy store is tried again here. */
export class Messages {
  readonly #parts: MessagesParts;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  /** Resolves when it is durable, is none of the bot's business, or everything ends. Never throws. */
  async hear(message: HeardMessage): Promise<void> {
    const { around, seen, logger } = this.#parts;
    const release = seen.hold(message.id);
    try {
      const event = fromMessage(message, around);
      if (event !== undefined && !(await this.#save(event))) return;
    } catch (error) {
      logger.error({ err: toCosmosError(error), message: message.id }, 'a message could not be handled');
    }
    release();
  }

  /** False where everything ends before it is saved. */
  async #save(event: Inbound): Promise<boolean> {
    const { receive, clock, logger, closed } = this.#parts;
    for (let tries = 0; !closed.aborted; tries++) {
      try {
        await receive(event);
        return true;
      } catch (error) {
        const failure = toCosmosError(error);
        if (!failure.retryable) throw failure;
        logger.warn({ code: failure.code, tries }, 'a message is not saved yet');
        await clock.sleep(backoff(tries), closed);
      }
    }
    return false;
  }
}
