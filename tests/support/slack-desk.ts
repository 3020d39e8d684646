import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { onTestFinished } from 'vitest';
import { SLACK } from '../../src/bot/slack/platform.ts';
import { ResponseUrls } from '../../src/bot/slack/response-urls.ts';
import { SlackChat, type SlackEars, type SlackListening } from '../../src/bot/slack/slack-chat.ts';
import type { SlackTimes } from '../../src/bot/slack/slack-times.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import type { Card, ChatReference } from '../../src/core/ports/chat.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import { Store } from '../../src/core/store/store.ts';
import type { Studio } from './slack-studio.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Short enough that no test waits, long enough for a machine that is busy. */
export const QUICK_TIMES = {
  callMs: 5_000,
  patienceMs: 5_000,
  lateMs: 100,
  editIntervalMs: 10,
  messageEditIntervalMs: 10,
  pictureMs: 5_000,
  shareMs: 5_000,
  shareIntervalMs: 20,
  stallMs: 5_000,
  postIntervalMs: 1,
  lookupIntervalMs: 1,
} satisfies SlackTimes;

export interface DeskOptions {
  readonly times?: Partial<SlackTimes>;
  readonly clock?: Clock;
  /** A database of an earlier desk: the same bot after a restart. */
  readonly database?: string;
  readonly token?: string;
  readonly listen?: (listening: SlackListening) => SlackEars;
}

/** The sending half of the adapter in front of a fake Slack; it ends with the test. */
export interface Desk {
  readonly chat: SlackChat;
  /** The channel of the studio. */
  readonly channel: ChatReference;
  readonly responseUrls: ResponseUrls;
  readonly store: Store;
  readonly database: string;
  /** All that was logged. */
  readonly log: () => string;
}

export async function openDesk(studio: Studio, options: DeskOptions = {}): Promise<Desk> {
  const { times, clock = systemClock, token = studio.bot.botToken, listen = () => deaf } = options;
  const database = options.database ?? `${await temporaryDirectory()}/cosmos.db`;
  const store = new Store(database, { clock, random: systemRandom });
  const responseUrls = new ResponseUrls(clock);
  const { logger, log } = listeningLogger();
  const chat = new SlackChat(
    {
      token: new Secret(token),
      apiUrl: studio.slack.apiUrl,
      files: store.chatFiles,
      clock,
      random: systemRandom,
      logger,
      responseUrls,
      times: { ...QUICK_TIMES, ...times },
    },
    listen,
  );
  onTestFinished(async () => {
    await chat.stop();
    store.close();
  });
  const channel = { platform: SLACK, tenant: studio.workspace.id, channel: studio.renders.id };
  return { chat, channel, responseUrls, store, database, log };
}

export function titled(title: string, more: Partial<Card> = {}): Card {
  return { mark: 'none', title: [title], blocks: [], actions: [], ...more };
}

/** Hears nothing, and knows of people what events said. */
const deaf: SlackEars = {
  start: async () => undefined,
  stop: async () => undefined,
  person: async (user) => user,
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
