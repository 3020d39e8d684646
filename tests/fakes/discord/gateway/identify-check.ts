import type { Application } from '../application.ts';
import { INTENTS } from '../numbers.ts';

/** True where a privileged intent is asked for that is off in the portal. */
export function forbiddenIntents(app: Application, intents: number): boolean {
  const { messageContent, guildMembers, presences } = app.intents;
  const off =
    (messageContent ? 0 : INTENTS.MESSAGE_CONTENT) |
    (guildMembers ? 0 : INTENTS.GUILD_MEMBERS) |
    (presences ? 0 : INTENTS.GUILD_PRESENCES);
  return (intents & off) !== 0;
}

/** The close code for a wrong shard; the fake has only one. */
export function shardFault(shard: unknown): number | undefined {
  if (shard === undefined) return undefined;
  const [number, count] = Array.isArray(shard) ? shard : [];
  return Number.isInteger(number) && Number.isInteger(count) && number >= 0 && number < count
    ? undefined
    : 4010;
}
