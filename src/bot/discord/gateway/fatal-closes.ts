import { GatewayCloseCodes } from 'discord.js';

/** Why Discord closed the gateway for good, and what somebody has to do about it. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [
    GatewayCloseCodes.AuthenticationFailed,
    'Discord does not know the token (4004): copy a new one from the developer portal, under Bot → Reset Token',
  ],
  [
    GatewayCloseCodes.InvalidShard,
    'Discord refuses the shard (4010): one process serves all guilds, so this is a fault of the bot',
  ],
  [
    GatewayCloseCodes.ShardingRequired,
    'the bot is in too many guilds for one connection (4011): leave some; 2,500 is the most',
  ],
  [
    GatewayCloseCodes.InvalidAPIVersion,
    'Discord does not speak this version of its gateway any more (4012): install a newer version of the bot',
  ],
  [
    GatewayCloseCodes.InvalidIntents,
    'Discord does not know the intents that were asked for (4013): install a newer version of the bot',
  ],
  [
    GatewayCloseCodes.DisallowedIntents,
    'the Message Content intent is switched off (4014): switch it on in the developer portal, under Bot → Privileged Gateway Intents',
  ],
]);

/** What to do about a close code after which nobody may come back as before; undefined for all others. */
export function fatalAdvice(code: number): string | undefined {
  return ADVICE.get(code);
}

/** Whether the privileged intent is what is refused: without it the bot may come. */
export function isIntentRefused(code: number): boolean {
  return code === GatewayCloseCodes.DisallowedIntents;
}
