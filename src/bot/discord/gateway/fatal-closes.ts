import { GatewayCloseCodes } from 'discord.js';

/** Why Discord has closed the gateway for good. */
export interface FatalClose {
  readonly closeCode: number;
  /** What is wrong, in a few words. */
  readonly detail: string;
  /** What somebody has to do about it. */
  readonly advice: string;
  /** Whether it may let the bot in later as it is: what is wrong can pass or be mended where Discord is. */
  readonly mayPass: boolean;
  /** The privileged intent is what is refused: without it the bot may come at once. */
  readonly isIntentRefused: boolean;
}

const PASSES = { mayPass: true };
const STAYS = { mayPass: false };

const CLOSES: ReadonlyMap<number, Pick<FatalClose, 'detail' | 'advice' | 'mayPass'>> = new Map([
  [
    GatewayCloseCodes.AuthenticationFailed,
    {
      detail: 'Discord does not know the token (4004)',
      advice:
        'copy a new one from the developer portal, under Bot → Reset Token, put it in place of the old one and start the bot again',
      ...PASSES,
    },
  ],
  [
    GatewayCloseCodes.InvalidShard,
    {
      detail: 'Discord refuses the shard (4010)',
      advice: 'one process serves all guilds, so this is a fault of the bot: install a newer version',
      ...STAYS,
    },
  ],
  [
    GatewayCloseCodes.ShardingRequired,
    {
      detail: 'the bot is in too many guilds for one connection (4011)',
      advice: 'let it leave some; 2,500 is the most',
      ...PASSES,
    },
  ],
  [
    GatewayCloseCodes.InvalidAPIVersion,
    {
      detail: 'Discord does not speak this version of its gateway any more (4012)',
      advice: 'install a newer version of the bot',
      ...STAYS,
    },
  ],
  [
    GatewayCloseCodes.InvalidIntents,
    {
      detail: 'Discord does not know the intents that were asked for (4013)',
      advice: 'install a newer version of the bot',
      ...STAYS,
    },
  ],
  [
    GatewayCloseCodes.DisallowedIntents,
    {
      detail: 'the Message Content intent is switched off (4014)',
      advice: 'switch it on in the developer portal, under Bot → Privileged Gateway Intents',
      ...STAYS,
    },
  ],
]);

/** What to make of a close code after which nobody may come back as before; undefined for all others. */
export function fatalClose(code: number): FatalClose | undefined {
  const close = CLOSES.get(code);
  return (
    close && { ...close, closeCode: code, isIntentRefused: code === GatewayCloseCodes.DisallowedIntents }
  );
}
