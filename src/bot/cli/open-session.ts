import type { Bot } from '../bot.ts';
import { systemClock } from '../system-clock.ts';
import { systemRandom } from '../system-random.ts';
import { TerminalSession } from '../terminal/terminal-session.ts';
import type { CliOutput } from './cli-output.ts';
import { localUser } from './local-user.ts';

/** The terminal chat of whoever sits here, with paths relative to this directory. */
export function openSession(bot: Bot, output: CliOutput, commandPrefix = '/cosmos'): TerminalSession {
  return new TerminalSession({
    transcript: bot.parts.store.transcript,
    clock: systemClock,
    random: systemRandom,
    user: localUser(),
    directory: process.cwd(),
    output: output.out,
    settings: { ...output.settings, commandPrefix },
  });
}
