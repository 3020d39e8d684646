import type { Logger } from 'pino';
import type { DiscordConfig } from '../../core/config/config.ts';
import type { SecretLookup } from '../../core/config/secret.ts';
import { type Checked, valid } from '../../core/errors.ts';
import type { Models } from '../../core/models/models.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { SettingStore } from '../../core/store/settings.ts';
import type { Store } from '../../core/store/store.ts';
import { CommandRegistration } from './commands/register-commands.ts';
import { DiscordChat } from './discord-chat.ts';
import { DiscordListener } from './discord-listener.ts';
import type { DiscordTimes } from './discord-times.ts';
import type { DirectChannelList } from './inbound/direct-channels.ts';
import type { SeenMark } from './inbound/seen.ts';
import { tokenLockPath } from './inbound/token-lock.ts';

export interface DiscordParts {
  readonly store: Pick<Store, 'threads' | 'settings'>;
  readonly secrets: SecretLookup;
  /** Those that the commands offer. */
  readonly models: Pick<Models, 'list'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: Partial<DiscordTimes>;
  /** Where processes with the same token find each other; that of all programs of this machine where absent. */
  readonly lockDirectory?: string;
}

export interface OpenedDiscord {
  readonly port: DiscordChat;
  /** How files reach the bot; none before it has started. */
  readonly ways: () => readonly string[];
}

/** Puts the parts of the bot of Discord together; connects to nothing. Problem: `config.secret_missing`. */
export function openDiscord(config: DiscordConfig, parts: DiscordParts): Checked<OpenedDiscord> {
  const { store, secrets, clock, random, times, lockDirectory } = parts;
  const { apiUrl, channels, guilds, where } = config;
  const found = secrets(config.token);
  if (!found.ok) return found;
  const token = found.value;
  const logger = parts.logger.child({ chat: where });
  const models = parts.models.list().map(({ profile }) => profile);
  let ways: readonly string[] = [];
  const port = new DiscordChat(
    { ...{ token, apiUrl, clock, random, logger }, ...(times !== undefined && { times }) },
    (listening) => {
      const { client } = listening;
      const { settings } = store;
      const commands = new CommandRegistration({ client, settings, clock, logger, guilds, models });
      return new DiscordListener({
        ...{ ...listening, token, apiUrl, channels, clock, logger },
        ownsThread: (place) => store.threads.find(place) !== undefined,
        mark: markOf(settings, where),
        directChannels: directChannelsOf(settings, where),
        lockPath: tokenLockPath(token, lockDirectory),
        reachedBy: (found) => {
          ways = found;
        },
        opened: async (application, signal) => await commands.register(application, signal),
        joined: async (guild, application, signal) => await commands.registerIn(guild, application, signal),
      });
    },
  );
  return valid({ port, ways: () => ways });
}

/** The last message that was heard, kept with the other facts of this installation. */
function markOf(settings: SettingStore, where: string): SeenMark {
  return {
    read: () => settings.get(`heard.${where}`),
    write: (snowflake) => settings.set(`heard.${where}`, snowflake),
  };
}

function directChannelsOf(settings: SettingStore, where: string): DirectChannelList {
  return {
    read: () => settings.get(`direct.${where}`),
    write: (list) => settings.set(`direct.${where}`, list),
  };
}
