import { type RESTPatchAPIChannelJSONBody, Routes } from 'discord.js';
import type { Calls } from './calls.ts';
import { DISCORD_CODES, discordCode } from './discord-errors.ts';
import type { Outbound } from './outbound.ts';

/**
 * Does what cannot be done in an archived thread, which is nothing but posting: edits are no activity, so that a thread
 * in which only a status changes is archived after some days. Throws what Discord throws.
 */
export async function inOpenThread<T>(
  channel: string,
  act: () => Promise<T>,
  { client }: Pick<Outbound, 'client'>,
  calls: Calls,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (discordCode(error) !== DISCORD_CODES.archived) throw error;
    const json: RESTPatchAPIChannelJSONBody = { archived: false };
    await calls.patient(
      'thread',
      channel,
      async () => await client.patch('posts', Routes.channel(channel), { json }),
    );
    return await act();
  }
}
