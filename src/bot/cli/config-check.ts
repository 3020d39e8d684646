import { effectiveConfig } from '../../core/config/effective-config.ts';
import { missingSecrets } from '../../core/models/missing-secrets.ts';
import { openLogger } from '../logger.ts';
import { sshCiphers } from '../main.ts';
import { CIPHERS, EMBEDDED_DEFAULT } from '../wording/cli-words.ts';
import { printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { openConfiguredBot, readConfig } from './open-configured-bot.ts';

/** Prints the effective configuration with secrets hidden, or all that is wrong with it. */
export async function checkConfig({ configPath, output }: Invocation): Promise<ExitCode> {
  const config = readConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  if (config.value.source.kind === 'embedded') printNote(output, EMBEDDED_DEFAULT);
  output.out.write(effectiveConfig(config.value));
  const ciphers = sshCiphers(config.value.hosts);
  if (ciphers !== undefined) printNote(output, CIPHERS[ciphers]);
  const bot = await openConfiguredBot(config.value, openLogger('silent'));
  if (!bot.ok) {
    printProblems(output, bot.problems);
    return 2;
  }
  const { models, secrets } = bot.value.parts;
  const [missing, ...others] = missingSecrets(models.profiles(), secrets);
  await bot.value.close();
  if (missing === undefined) return 0;
  printProblems(output, [missing, ...others]);
  return 2;
}
