import { z } from 'zod';
import type { SlackClients } from './clients.ts';
import { coded } from './patience.ts';
import { unavailable } from './slack-errors.ts';

/** Who the bot is in its workspace. */
export interface Identity {
  /** The workspace: the tenant of all references. */
  readonly team: string;
  /** Its author id in messages. */
  readonly bot: string;
  /** Its user id in mentions, and as the owner of files. */
  readonly user: string;
}

const answerSchema = z.object({ team_id: z.string(), bot_id: z.string(), user_id: z.string() });

/** Asks Slack once who the token is; a failure is asked again the next time. */
export class SlackIdentity {
  readonly #lookups: SlackClients['lookups'];
  #asking: Promise<Identity> | undefined;
  #known: Identity | undefined;

  constructor(lookups: SlackClients['lookups']) {
    this.#lookups = lookups;
  }

  /** Undefined before it was asked for. */
  get known(): Identity | undefined {
    return this.#known;
  }

  /** Throws as `ChatPort`. */
  async get(): Promise<Identity> {
    this.#asking ??= this.#ask().catch((error: unknown) => {
      this.#asking = undefined;
      throw error;
    });
    return await this.#asking;
  }

  async #ask(): Promise<Identity> {
    const answer = answerSchema.safeParse(await coded(async () => await this.#lookups.auth.test()));
    if (!answer.success) throw unavailable('unreadable answer', answer.error);
    const { team_id: team, bot_id: bot, user_id: user } = answer.data;
    this.#known = { team, bot, user };
    return this.#known;
  }
}
