import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Routes } from 'discord.js';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';
import { commandDefinitions } from '../../../src/bot/discord/commands/slash-command.ts';
import { DiscordChat } from '../../../src/bot/discord/discord-chat.ts';
import { DiscordClient } from '../../../src/bot/discord/discord-client.ts';
import { DiscordListener } from '../../../src/bot/discord/discord-listener.ts';
import type { DiscordTimes } from '../../../src/bot/discord/discord-times.ts';
import type { SeenMark } from '../../../src/bot/discord/inbound/seen.ts';
import { tokenLockPath } from '../../../src/bot/discord/inbound/token-lock.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { ChatConnection, ChatReference, Inbound, Receive } from '../../../src/core/ports/chat.ts';
import type { ChatForms, ChatSurfaces } from '../../../src/core/ports/chat-surfaces.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { NO_SURFACES } from '../../fakes/no-surfaces.ts';
import { QUICK_DISCORD } from '../../support/discord-desk.ts';
import type { DiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface DiscordListeningOptions {
  readonly clock?: Clock;
  readonly channels?: readonly string[];
  readonly ownsThread?: (where: ChatReference) => boolean;
  readonly forms?: Partial<ChatForms>;
  /** What the bot before it has heard. */
  readonly mark?: Mark;
  /** Whom the bot before it has talked to directly. */
  readonly directChannels?: Mark;
  /** Where the lock of the token lies; a folder of the test's own otherwise. */
  readonly lockDirectory?: string;
  readonly token?: string;
  readonly times?: Partial<DiscordTimes>;
}

/** In place of the store's settings. */
export class Mark implements SeenMark {
  value: string | undefined;

  constructor(value?: string) {
    this.value = value;
  }

  read(): string | undefined {
    return this.value;
  }

  write(value: string): void {
    this.value = value;
  }
}

/** The whole adapter in front of a fake Discord, with what it hears in place of a bot. */
export class DiscordListeningBot {
  readonly studio: DiscordStudio;
  readonly chat: DiscordChat;
  readonly mark: Mark;
  readonly directChannels: Mark;
  /** Everything that was made durable, in its order. */
  readonly received: Inbound[] = [];
  /** Guilds that have let it in. */
  readonly joined: string[] = [];
  /** How it has told that the connection stands, in order; the same only once. */
  readonly told: ChatConnection[] = [];
  /** What the log says. */
  readonly said: string[] = [];
  /** In place of the store. */
  receive: Receive = async (event) => {
    if (this.received.some(({ dedupeKey }) => dedupeKey === event.dedupeKey)) return;
    this.received.push(event);
    this.studio.discord.changes.announce();
  };
  readonly #surfaces: ChatSurfaces;

  constructor(studio: DiscordStudio, lockDirectory: string, options: DiscordListeningOptions) {
    const { clock = systemClock, channels = [], ownsThread = () => false, mark = new Mark() } = options;
    const { apiUrl } = studio.discord;
    const token = new Secret(options.token ?? studio.bot.token);
    const logger = pino(
      { level: 'debug' },
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          this.said.push(String(chunk));
          studio.discord.changes.announce();
          done();
        },
      }),
    );
    this.studio = studio;
    this.mark = mark;
    const { directChannels = new Mark() } = options;
    this.directChannels = directChannels;
    this.#surfaces = { ...NO_SURFACES, forms: { ...NO_SURFACES.forms, ...options.forms } };
    const lockPath = tokenLockPath(token, lockDirectory);
    this.chat = new DiscordChat(
      {
        ...{ token, apiUrl, clock, logger },
        random: systemRandom,
        times: { ...QUICK_DISCORD, ...options.times },
      },
      (listening) =>
        new DiscordListener({
          ...{ ...listening, token, apiUrl, channels, ownsThread, mark, directChannels, clock, logger },
          lockPath,
          joined: async (guild) => {
            this.joined.push(guild);
            studio.discord.changes.announce();
          },
        }),
    );
    onTestFinished(async () => await this.stop());
  }

  async start(): Promise<this> {
    await this.chat.start(
      async (event) => await this.receive(event),
      this.#surfaces,
      (connection) => {
        if (this.told.at(-1)?.state !== connection.state) this.told.push(connection);
        this.studio.discord.changes.announce();
      },
    );
    return this;
  }

  async stop(): Promise<void> {
    await this.chat.stop();
    await this.studio.discord.gateway.gone(this.studio.bot);
  }

  /** Resolves with the first event that fits. */
  async hears(fits: (event: Inbound) => boolean = () => true): Promise<Inbound> {
    return await this.studio.discord.until(() => this.received.find(fits));
  }

  /** Resolves when the log has said it. */
  async says(text: string): Promise<string> {
    return await this.studio.discord.until(() => this.said.find((line) => line.includes(text)));
  }
}

/** Listens until the test ends. */
export async function listenToDiscord(
  studio: DiscordStudio,
  options: DiscordListeningOptions = {},
): Promise<DiscordListeningBot> {
  const lockDirectory = options.lockDirectory ?? join(await temporaryDirectory(), 'locks');
  return await new DiscordListeningBot(studio, lockDirectory, options).start();
}

/** The commands of the bot are there, without models. */
export async function registerCommands({ discord, bot }: DiscordStudio): Promise<void> {
  const closed = new AbortController();
  const client = new DiscordClient({
    ...{ token: new Secret(bot.token), apiUrl: discord.apiUrl, times: QUICK_DISCORD },
    closed: closed.signal,
  });
  const json = commandDefinitions(COMMANDS, [], 'global');
  await client.put('lookups', Routes.applicationCommands(bot.id), { json });
}

/** What somebody meant, in short. */
export function meaning(event: Inbound | undefined): unknown {
  if (event === undefined) return undefined;
  const { dedupeKey: _key, at: _at, user, where, ...rest } = event;
  const { platform: _platform, tenant: _tenant, ...place } = where;
  return { ...rest, where: place, user: user.id };
}
