import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { onTestFinished } from 'vitest';
import { DiscordChat } from '../../src/bot/discord/discord-chat.ts';
import type { DiscordInbound, DiscordListening } from '../../src/bot/discord/discord-inbound.ts';
import type { DiscordTimes } from '../../src/bot/discord/discord-times.ts';
import { DISCORD } from '../../src/bot/discord/platform.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import type { ChatReference } from '../../src/core/ports/chat.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import type { DiscordStudio } from './discord-studio.ts';

/** Short enough that no test waits, long enough for a machine that is busy. */
export const QUICK_DISCORD = {
  callMs: 5_000,
  uploadMs: 30_000,
  patienceMs: 5_000,
  lateMs: 100,
  editIntervalMs: 10,
  oldAfterMs: 55 * 60_000,
  oldIntervalMs: 15_000,
  stallMs: 5_000,
  refusalMs: 30_000,
  guildMs: 0,
} satisfies DiscordTimes;

export interface DiscordDeskOptions {
  readonly times?: Partial<DiscordTimes>;
  readonly clock?: Clock;
  readonly token?: string;
  readonly listen?: (listening: DiscordListening) => DiscordInbound;
}

/** The sending half of the adapter in front of a fake Discord; it ends with the test. */
export interface DiscordDesk {
  readonly chat: DiscordChat;
  /** The channel of the studio. */
  readonly channel: ChatReference;
  /** All that was logged. */
  readonly log: () => string;
}

export function openDiscordDesk(studio: DiscordStudio, options: DiscordDeskOptions = {}): DiscordDesk {
  const { times, clock = systemClock, token = studio.bot.token, listen = () => deaf } = options;
  const { logger, log } = listeningLogger();
  const chat = new DiscordChat(
    {
      ...{ clock, logger, token: new Secret(token) },
      apiUrl: studio.discord.apiUrl,
      random: systemRandom,
      times: { ...QUICK_DISCORD, ...times },
    },
    listen,
  );
  onTestFinished(async () => await chat.stop());
  const channel = { platform: DISCORD, tenant: studio.guild.id, channel: studio.renders.id };
  return { chat, channel, log };
}

/** Hears nothing, and knows of people what events said. */
const deaf: DiscordInbound = {
  start: async () => undefined,
  stop: async () => undefined,
  person: async (user) => user,
  answer: async () => false,
};

function listeningLogger(): { logger: Logger; log: () => string } {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { logger: pino({ level: 'trace' }, sink), log: () => lines.join('') };
}
