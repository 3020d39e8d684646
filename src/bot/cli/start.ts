import { join } from 'node:path';
import { DataDirectory } from '../../core/data-directory.ts';
import { missingSecrets } from '../../core/models/missing-secrets.ts';
import { sweepIncoming } from '../../core/prompts/sweep-incoming.ts';
import { openLogger } from '../logger.ts';
import { openChats } from '../open-chats.ts';
import { openWeb } from '../open-web.ts';
import { systemClock } from '../system-clock.ts';
import { systemRandom } from '../system-random.ts';
import { openLineEditor } from '../terminal/line-editor.ts';
import type { TerminalSession } from '../terminal/terminal-session.ts';
import { chatsServed, started, webServed } from '../wording/cli-words.ts';
import { type CliOutput, printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { lockDaemon } from './daemon-lock.ts';
import { onInterrupt } from './interrupt.ts';
import { openConfiguredBot, readWholeConfig } from './open-configured-bot.ts';
import { openSession } from './open-session.ts';
import { serveChats } from './serve-chats.ts';

/** Runs the bot until it is told to stop; attempts that run then go on by themselves. */
export async function start({ configPath, output }: Invocation): Promise<ExitCode> {
  const config = await readWholeConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const data = new DataDirectory(config.value.dataDirectory);
  using _lock = await lockDaemon(data, systemClock);
  // The screen belongs to the chat.
  const logger = openLogger(config.value.log.level, join(data.root, 'logs', 'cosmos.log'));
  const opened = await openConfiguredBot(config.value, logger);
  if (!opened.ok) {
    printProblems(output, opened.problems);
    return 2;
  }
  const bot = opened.value;
  const { store, secrets, wakeup, clock, models } = bot.parts;
  const [missing, ...others] = missingSecrets(models.profiles(), secrets);
  if (missing !== undefined) printProblems(output, [missing, ...others]);
  const chatParts = { store, secrets, models, wakeup, clock, random: systemRandom, logger };
  const chats = await openChats(config.value.chat, chatParts);
  if (!chats.ok) {
    printProblems(output, chats.problems);
    await bot.close();
    return 2;
  }
  const web = await openWeb(config.value, { ...bot.parts, logger });
  if (!web.ok) {
    printProblems(output, web.problems);
    await bot.close();
    return 2;
  }
  const session = config.value.chat.terminal ? openSession(bot, output) : undefined;
  const interrupted = onInterrupt();
  const left = Promise.withResolvers<ExitCode>();
  interrupted.signal.addEventListener('abort', () => left.resolve(0), { once: true });
  try {
    await sweepIncoming(data, systemClock.now());
    if (web.value !== undefined) await bot.startWeb(web.value);
    printNote(output, started(config.value));
    for (const words of chatsServed(config.value.chat)) printNote(output, words);
    if (config.value.web !== undefined) printNote(output, webServed(config.value.web));
    bot.startLanes('daemon');
    const serving = serveChats(bot, chats.value, { output, logger, signal: interrupted.signal });
    logger.info({ data: data.root }, 'started');
    if (session === undefined) {
      const served = await Promise.race([serving, left.promise.then(() => undefined)]);
      return served === 0 ? 1 : await left.promise;
    }
    await bot.startChat(session.chat);
    return await converse(session, output, left);
  } finally {
    interrupted.dispose();
    await bot.close();
    session?.close();
    logger.info('stopped');
  }
}

/** Whoever sits here talks to the bot, until they leave or it is told to stop. */
async function converse(
  session: TerminalSession,
  output: CliOutput,
  left: PromiseWithResolvers<ExitCode>,
): Promise<ExitCode> {
  const editor = openLineEditor(process.stdin, output.out, {
    onType: (line) => session.type(line),
    onLine: (line) => {
      session.say(line).then(
        (stays) => {
          if (!stays) left.resolve(0);
        },
        (error: unknown) => left.reject(error),
      );
    },
    onLeave: () => left.resolve(0),
  });
  try {
    return await left.promise;
  } finally {
    editor.close();
  }
}
