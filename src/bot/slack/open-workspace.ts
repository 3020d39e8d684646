import type { Logger } from 'pino';
import type { SlackConfig } from '../../core/config/config.ts';
import type { SecretLookup } from '../../core/config/secret.ts';
import { type Checked, valid } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Secret } from '../../core/ports/secret.ts';
import type { Store } from '../../core/store/store.ts';
import type { Wakeup } from '../../core/wakeup.ts';
import type { HomeTimes } from './home/home-pages.ts';
import type { Door } from './inbound/answer.ts';
import { HttpDoor } from './inbound/http-door.ts';
import { SocketDoor } from './inbound/socket-door.ts';
import { Interactive } from './interactive.ts';
import { People } from './people.ts';
import { SLACK } from './platform.ts';
import { ResponseUrls } from './response-urls.ts';
import { SlackChat } from './slack-chat.ts';
import { SlackListener } from './slack-listener.ts';
import type { SlackTimes } from './slack-times.ts';

export interface WorkspaceParts {
  readonly store: Pick<Store, 'threads' | 'chatFiles'>;
  readonly secrets: SecretLookup;
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: Partial<SlackTimes>;
  readonly homeTimes?: HomeTimes;
}

/** Puts the parts of one workspace together; connects to nothing. Problem: `config.secret_missing`. */
export function openWorkspace(config: SlackConfig, parts: WorkspaceParts): Checked<SlackChat> {
  const { store, secrets, wakeup, clock, random, times, homeTimes } = parts;
  const { connection, apiUrl, channels, where } = config;
  const token = secrets(config.botToken);
  if (!token.ok) return token;
  const entrance = secrets(connection.mode === 'socket' ? connection.appToken : connection.signingSecret);
  if (!entrance.ok) return entrance;
  const logger = parts.logger.child({ chat: where });
  const responseUrls = new ResponseUrls(clock);
  const chat = new SlackChat(
    {
      ...{ apiUrl, clock, random, logger, responseUrls },
      token: token.value,
      files: store.chatFiles,
      ...(times !== undefined && { times }),
    },
    ({ clients, identity }) => {
      const people = new People({ lookups: clients.lookups, identity, clock, logger });
      const listener = new SlackListener({
        ...{ identity, people, responseUrls, channels, clock, logger },
        platform: SLACK,
        door: openDoor(config, entrance.value, { clock, logger }),
        interactive: new Interactive({
          ...{ clients, responseUrls, wakeup, clock, random, logger },
          person: async (user) => await people.person(user),
          ...(homeTimes && { homeTimes }),
        }),
        ownsThread: (place) => store.threads.find(place) !== undefined,
      });
      return {
        start: async (receive, surfaces, tell) => await listener.start(receive, surfaces, tell),
        stop: async () => await listener.stop(),
        person: async (user) => await people.person(user),
      };
    },
  );
  return valid(chat);
}

function openDoor(
  { connection, apiUrl }: SlackConfig,
  secret: Secret,
  parts: { readonly clock: Clock; readonly logger: Logger },
): Door {
  return connection.mode === 'socket'
    ? new SocketDoor({ ...parts, appToken: secret, apiUrl })
    : new HttpDoor({ ...parts, signingSecret: secret, host: connection.host, port: connection.port });
}
