import type { Config } from '../../core/config/config.ts';
import type { SecretLookup } from '../../core/config/secret.ts';
import { openLogger } from '../logger.ts';
import { checkChats } from '../open-chats.ts';
import { NOTHING_ONLINE } from '../wording/cli-words.ts';
import { type CliOutput, printNote } from './cli-output.ts';
import type { ExitCode } from './command-line.ts';
import { printCheckLines } from './print-check-lines.ts';

/** Asks the chats on servers whether the bot can work there, and prints what to do where it cannot. Posts nothing. */
export async function checkOnline(
  config: Config,
  secrets: SecretLookup,
  output: CliOutput,
): Promise<ExitCode> {
  const reports = await checkChats(config, secrets, openLogger('silent'));
  if (reports.length === 0) printNote(output, NOTHING_ONLINE);
  for (const { where, lines } of reports) {
    if (reports.length > 1) output.out.write(`${where}\n`);
    printCheckLines(lines, output);
  }
  return reports.every(({ lines }) => lines.every(({ passed }) => passed)) ? 0 : 1;
}
