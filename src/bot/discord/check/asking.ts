import { DiscordAPIError } from 'discord.js';
import type { z } from 'zod';
import type { DiscordClient } from '../discord-client.ts';
import { toChatError } from '../discord-errors.ts';

export type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** Discord says no. */
  | { readonly kind: 'refusal'; readonly status: number; readonly code: number; readonly message: string }
  /** Nobody answers, or nobody that is Discord. */
  | { readonly kind: 'silence'; readonly detail: string };

/** One question to Discord: what goes wrong is an answer too. */
export async function ask<T>(
  client: Pick<DiscordClient, 'get'>,
  route: `/${string}`,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string>> = {},
): Promise<Asked<T>> {
  try {
    const answer = schema.safeParse(await client.get('lookups', route, { query }));
    if (answer.success) return { kind: 'answer', value: answer.data };
    return { kind: 'silence', detail: 'unreadable answer' };
  } catch (error) {
    if (error instanceof DiscordAPIError) {
      const message = 'message' in error.rawError ? error.rawError.message : '';
      return { kind: 'refusal', status: error.status, code: Number(error.code), message };
    }
    const { detail } = toChatError(error).parameters;
    return { kind: 'silence', detail: typeof detail === 'string' ? detail : 'unknown' };
  }
}
