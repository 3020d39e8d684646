import { GatewayDispatchEvents as Events, type GatewayDispatchPayload } from 'discord.js';
import type { Logger } from 'pino';
import type { GuildMap } from './guild-map.ts';

/** Logs what is not there any more: what is shown in it has nowhere to go, and runs go on. */
export function tellLosses(payload: GatewayDispatchPayload, guilds: GuildMap, logger: Logger): void {
  switch (payload.t) {
    case Events.GuildDelete:
      if (payload.d.unavailable === true)
        logger.info({ guild: payload.d.id }, 'a guild cannot be reached for a while');
      else logger.warn({ guild: payload.d.id }, 'the bot was removed from a guild, or the guild is gone');
      return;
    case Events.ChannelDelete:
      logger.info({ channel: payload.d.id }, 'a channel was deleted');
      return;
    case Events.ThreadDelete:
      logger.info(
        { thread: payload.d.id, channel: guilds.channel(payload.d.id)?.parent },
        'a thread was deleted',
      );
      return;
    default:
  }
}
