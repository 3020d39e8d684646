import { join } from 'node:path';
import { DataDirectory } from '../../core/data-directory.ts';
import { missingSecrets } from '../../core/models/missing-secrets.ts';
import { sweepIncoming } from '../../core/prompts/sweep-incoming.ts';
import { openLogger } from '../logger.ts';
import { systemClock } from '../system-clock.ts';
import { openLineEditor } from '../terminal/line-editor.ts';
import { started } from '../wording/cli-words.ts';
import { printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { lockDaemon } from './daemon-lock.ts';
import { onInterrupt } from './interrupt.ts';
import { openConfiguredBot, readConfig } from './open-configured-bot.ts';
import { openSession } from './open-session.ts';

/** Runs the bot until it is told to stop; attempts that run then go on by themselves. */
export async function start({ configPath, output }: Invocation): Promise<ExitCode> {
  const config = readConfig(configPath);
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
  const [missing, ...others] = missingSecrets(bot.parts.models.profiles(), bot.parts.secrets);
  if (missing !== undefined) printProblems(output, [missing, ...others]);
  const session = openSession(bot, output);
  const interrupted = onInterrupt();
  const left = Promise.withResolvers<void>();
  interrupted.signal.addEventListener('abort', () => left.resolve(), { once: true });
  try {
    await sweepIncoming(data, systemClock.now());
    printNote(output, started(config.value));
    bot.startLanes('daemon');
    await bot.startChat(session.chat);
    logger.info({ data: data.root }, 'started');
    const editor = openLineEditor(process.stdin, output.out, {
      onType: (line) => session.type(line),
      onLine: (line) => {
        session.say(line).then(
          (stays) => {
            if (!stays) left.resolve();
          },
          (error: unknown) => left.reject(error),
        );
      },
      onLeave: left.resolve,
    });
    try {
      await left.promise;
    } finally {
      editor.close();
    }
    return 0;
  } finally {
    interrupted.dispose();
    await bot.close();
    session.close();
    logger.info('stopped');
  }
}
