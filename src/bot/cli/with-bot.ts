import type { Bot } from '../bot.ts';
import { TERMINAL_PLACE } from '../terminal/terminal-chat.ts';
import { CLI_COMMANDS, type CliVerb } from './cli-commands.ts';
import { printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { localUser } from './local-user.ts';
import { openConfiguredBot, openLogFile, readConfig } from './open-configured-bot.ts';

/** Does the work of a verb with the configured bot, where whoever sits here may do it, and closes the bot after it. */
export async function withBot(
  { configPath, output }: Invocation,
  verb: CliVerb,
  work: (bot: Bot) => Promise<ExitCode>,
): Promise<ExitCode> {
  const config = readConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const opened = await openConfiguredBot(config.value, openLogFile(config.value), { models: true });
  if (!opened.ok) {
    printProblems(output, opened.problems);
    return 2;
  }
  const bot = opened.value;
  try {
    const allowed = bot.parts.access.check(localUser(), TERMINAL_PLACE, CLI_COMMANDS[verb].role, verb);
    if (allowed.ok) return await work(bot);
    printProblems(output, allowed.problems);
    return 1;
  } finally {
    await bot.close();
  }
}
