import type { Logger } from 'pino';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Secret } from '../../core/ports/secret.ts';
import type { ChatFileStore } from '../../core/store/chat-files.ts';
import type { ChannelPace } from './channel-pace.ts';
import type { SlackClients } from './clients.ts';
import type { SlackIdentity } from './identity.ts';
import type { SlackTimes } from './slack-times.ts';

/** What the sending parts of the adapter have in common. */
export interface Outbound {
  readonly clients: SlackClients;
  readonly identity: SlackIdentity;
  readonly token: Secret;
  readonly apiUrl: string;
  /** Which id Slack gave to which file of ours. */
  readonly files: Pick<ChatFileStore, 'get' | 'set' | 'remove'>;
  /** The turns of reading messages, by method: all readers of the workspace share them. */
  readonly lookupPace: ChannelPace;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times: SlackTimes;
  /** Aborts when the adapter is stopped. */
  readonly closed: AbortSignal;
}
