import { Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordClient } from './discord-client.ts';
import { toChatError, unavailable } from './discord-errors.ts';

const userSchema = z.object({ id: z.string(), username: z.string() });

/** Who the bot is. */
export interface Identity {
  readonly user: string;
  readonly name: string;
}

/** Whose token it is; asked once. */
export class DiscordIdentity {
  readonly #client: DiscordClient;
  #known: Identity | undefined;

  constructor(client: DiscordClient) {
    this.#client = client;
  }

  /** Throws as `ChatPort`, and `chat.token_refused`. */
  async get(): Promise<Identity> {
    this.#known ??= await this.#ask();
    return this.#known;
  }

  async #ask(): Promise<Identity> {
    try {
      const answer = userSchema.safeParse(await this.#client.get('lookups', Routes.user()));
      if (!answer.success) throw unavailable('unreadable answer', answer.error);
      return { user: answer.data.id, name: answer.data.username };
    } catch (error) {
      throw toChatError(error);
    }
  }
}
