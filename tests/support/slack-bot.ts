import { Writable } from 'node:stream';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { openWorkspace, type WorkspaceParts } from '../../src/bot/slack/open-workspace.ts';
import type { SlackChat } from '../../src/bot/slack/slack-chat.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import { valid } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import { QUICK_TIMES } from './slack-desk.ts';
import type { Studio } from './slack-studio.ts';
import { must, openWorkbench, type Workbench } from './workbench.ts';

/** `preview` on the CPU and `transfer1` on a GPU: two models to choose from. */
export const TWO_MODELS = `
[[hosts]]
name = "here"
models = ["preview"]
work_dir = "work/here"
lanes = [{ name = "cpu" }]

[[hosts]]
name = "gpu"
models = ["transfer1"]
work_dir = "work/gpu"
lanes = [{ name = "a", gpus = [0] }]

[models.transfer1.command]
working_directory = "/opt/transfer1"
environment = { PATH = "/usr/bin:/bin" }
`;

export interface SlackBotOptions extends Partial<Pick<WorkspaceParts, 'homeTimes' | 'times'>> {
  /** Another bot's directory: the same bot after a restart. */
  readonly directory?: string;
  readonly config?: string;
}

/** A whole bot on a fake Slack, whose lanes nobody drives: the test moves runs along itself. */
export class SlackBot {
  readonly bench: Workbench<Clock>;
  readonly chat: SlackChat;
  readonly #log: readonly string[];
  #isStopped = false;

  constructor(bench: Workbench<Clock>, chat: SlackChat, log: readonly string[]) {
    this.bench = bench;
    this.chat = chat;
    this.#log = log;
  }

  /** What was logged, from `warn` on. */
  get log(): string {
    return this.#log.join('');
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.bench[Symbol.asyncDispose]();
  }
}

/** The real bolt in Socket Mode, connected; it ends with the test. */
export async function openSlackBot(studio: Studio, options: SlackBotOptions = {}): Promise<SlackBot> {
  const { directory, config, times, homeTimes } = options;
  const bench = await openWorkbench<Clock>({
    clock: systemClock,
    ...(directory !== undefined && { directory }),
    ...(config !== undefined && { config }),
  });
  const lines: string[] = [];
  const { store, wakeup } = bench.bot.parts;
  const secrets = { BOT: studio.bot.botToken, APP: studio.app.appToken };
  const chat = must(
    openWorkspace(
      {
        where: 'chat.slack',
        botToken: { env: 'BOT' },
        connection: { mode: 'socket', appToken: { env: 'APP' } },
        apiUrl: studio.slack.apiUrl,
        channels: [],
        quietChannels: [],
      },
      {
        ...{ store, wakeup, clock: systemClock, random: systemRandom },
        secrets: (reference) =>
          valid(new Secret('env' in reference && reference.env === 'APP' ? secrets.APP : secrets.BOT)),
        logger: pino(
          { level: 'warn' },
          new Writable({
            write: (chunk, _encoding, done) => {
              lines.push(String(chunk));
              done();
            },
          }),
        ),
        times: { ...QUICK_TIMES, ...times },
        ...(homeTimes && { homeTimes }),
      },
    ),
  );
  const bot = new SlackBot(bench, chat, lines);
  onTestFinished(async () => {
    await bot.stop();
    await studio.slack.until(() => studio.slack.sockets.open(studio.app).length === 0);
  });
  await bench.bot.startChat(chat);
  await studio.slack.sockets.ready(studio.app, 2);
  return bot;
}
