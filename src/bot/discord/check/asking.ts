import { setTimeout } from 'node:timers/promises';
import { DiscordAPIError } from 'discord.js';
import type { z } from 'zod';
import type { DiscordClient } from '../discord-client.ts';
import { toChatError, waitAskedFor } from '../discord-errors.ts';

export type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** Discord says no. */
  | { readonly kind: 'refusal'; readonly status: number; readonly code: number; readonly message: string }
  /** Nobody answers, or nobody that is Discord. */
  | { readonly kind: 'silence'; readonly detail: string };

/** Waits for one question where Discord asks to come later, and the longest of them, ms. */
const WAITS = 5;
const LONGEST_WAIT_MS = 5_000;

/** One question to Discord: what goes wrong is an answer too, but where it is asked too often, it is asked again. */
export async function ask<T>(
  client: Pick<DiscordClient, 'get'>,
  route: `/${string}`,
  schema: z.ZodType<T>,
  query: Readonly<Record<string, string>> = {},
): Promise<Asked<T>> {
  try {
    const answer = schema.safeParse(
      await patiently(async () => await client.get('lookups', route, { query })),
    );
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

async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await call();
    } catch (error) {
      const waitMs = waitAskedFor(error);
      if (waitMs === undefined || waitMs > LONGEST_WAIT_MS || waits >= WAITS) throw error;
      await setTimeout(waitMs);
    }
  }
}
