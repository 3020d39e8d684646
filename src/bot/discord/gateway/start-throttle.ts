import type { IIdentifyThrottler } from '@discordjs/ws';
import type { APIGatewaySessionStartLimit } from 'discord.js';
import type { Logger } from 'pino';
import type { Clock, UtcMs } from '../../../core/ports/clock.ts';
import { toChatError } from '../discord-errors.ts';
import { startDelayMs } from './session-starts.ts';

/** Discord takes one session start in five seconds; a margin for the way there. */
const BETWEEN_MS = 5_200;

export interface StartThrottleParts {
  /** Asks Discord now. */
  readonly limit: () => Promise<APIGatewaySessionStartLimit>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Lets a session start when Discord allows one. */
export class StartThrottle implements IIdentifyThrottler {
  readonly #parts: StartThrottleParts;
  #next: UtcMs = 0;

  constructor(parts: StartThrottleParts) {
    this.#parts = parts;
  }

  /** Resolves at once where a session may begin today, else when one may again, or `signal` aborts. */
  async waitForAnyLeft(limit: APIGatewaySessionStartLimit, signal: AbortSignal): Promise<void> {
    if (limit.remaining > 0) return;
    const delayMs = startDelayMs(limit);
    const { clock, logger } = this.#parts;
    logger.warn(
      { delayMs },
      'the bot was started as often as Discord allows in a day: it waits until it may again',
    );
    await clock.sleep(delayMs, signal);
  }

  /** Throws the reason of `signal` where it aborts. */
  async waitForIdentify(_shard: number, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    await clock.sleep(Math.max(0, this.#next - clock.now()), signal);
    signal.throwIfAborted();
    const delayMs = await this.#delay();
    if (delayMs > 0) {
      logger.warn({ delayMs }, 'many sessions were started today: the next one waits, Discord counts them');
      await clock.sleep(delayMs, signal);
    }
    signal.throwIfAborted();
    this.#next = clock.now() + BETWEEN_MS;
  }

  /** Where Discord does not tell, the five seconds have to do. */
  async #delay(): Promise<number> {
    try {
      return startDelayMs(await this.#parts.limit());
    } catch (error) {
      this.#parts.logger.warn({ err: toChatError(error) }, 'Discord does not say how many sessions are left');
      return 0;
    }
  }
}
