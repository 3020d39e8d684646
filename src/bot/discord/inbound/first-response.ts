import { type APIInteractionResponse, DiscordAPIError, HTTPError, Routes } from 'discord.js';
import type { Logger } from 'pino';
import type { DiscordClient } from '../discord-client.ts';
import { discordCode, toChatError } from '../discord-errors.ts';

/** Somebody answered it before: this bot, whose answer was lost on its way back. */
const ALREADY_ANSWERED = 40_060;
/** Its three seconds are over, or another process has answered it. */
const UNKNOWN_INTERACTION = 10_062;
/** An answer that takes longer comes too late for the person, ms. */
const DEADLINE_MS = 2_500;
const TRIES = 2;

/** What can be answered. */
export interface Answerable {
  readonly id: string;
  readonly token: string;
}

export interface FirstResponsesParts {
  readonly client: Pick<DiscordClient, 'post'>;
  readonly logger: Logger;
  /** Ends what is under way. */
  readonly closed: AbortSignal;
}

/** The first response to an interaction: Discord takes one, within three seconds, and nothing before it. */
export class FirstResponses {
  readonly #parts: FirstResponsesParts;

  constructor(parts: FirstResponsesParts) {
    this.#parts = parts;
  }

  /** Whether the person sees it; failures are logged. The call is under way when this returns. */
  async send({ id, token }: Answerable, response: APIInteractionResponse): Promise<boolean> {
    const { client, logger, closed } = this.#parts;
    const signal = AbortSignal.any([closed, AbortSignal.timeout(DEADLINE_MS)]);
    for (let tries = 1; ; tries++) {
      try {
        await client.post('posts', Routes.interactionCallback(id, token), { json: response, signal });
        return true;
      } catch (error) {
        const code = discordCode(error);
        if (code === ALREADY_ANSWERED) return true;
        if (tries < TRIES && mayPass(error) && !signal.aborted) continue;
        if (code === UNKNOWN_INTERACTION) {
          logger.info(
            { interaction: id },
            'an interaction could not be answered in time; what it asked for is done',
          );
        } else {
          logger.warn({ err: toChatError(error), interaction: id }, 'an interaction could not be answered');
        }
        return false;
      }
    }
  }
}

/** A server that stumbled, or a connection that broke; what Discord refuses stays refused. */
function mayPass(error: unknown): boolean {
  if (error instanceof DiscordAPIError) return false;
  return !(error instanceof HTTPError) || error.status >= 500;
}
