import type { Logger } from 'pino';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { DiscordClient } from './discord-client.ts';
import type { DiscordTimes } from './discord-times.ts';
import type { DiscordIdentity } from './identity.ts';

/** What the sending parts of the adapter have in common. */
export interface Outbound {
  readonly client: DiscordClient;
  readonly identity: DiscordIdentity;
  /** Base of the API. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times: DiscordTimes;
  /** Aborts when the adapter is stopped. */
  readonly closed: AbortSignal;
}
