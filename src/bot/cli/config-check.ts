import { effectiveConfig } from '../../core/config/effective-config.ts';
import { linkSecrets } from '../../core/config/link-secrets.ts';
import { missingChatSecrets } from '../../core/config/missing-chat-secrets.ts';
import { missingSecrets } from '../../core/models/missing-secrets.ts';
import { openLogger } from '../logger.ts';
import { sshCiphers } from '../main.ts';
import { CIPHERS, configRight } from '../wording/cli-words.ts';
import { printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { checkOnline } from './online-check.ts';
import { noteEmbedded, openConfiguredBot, readWholeConfig } from './open-configured-bot.ts';

/**
 * Prints the effective configuration with secrets hidden, or all that is wrong with it; with `--online` what the chats on
 * servers say to it instead.
 */
export async function checkConfig({ command, configPath, output }: Invocation): Promise<ExitCode> {
  const config = await readWholeConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const isOnline = command.options['online'] === true;
  noteEmbedded(config.value, output);
  if (!isOnline) output.out.write(effectiveConfig(config.value));
  const ciphers = isOnline ? undefined : sshCiphers(config.value.hosts);
  if (ciphers !== undefined) printNote(output, CIPHERS[ciphers]);
  const bot = await openConfiguredBot(config.value, openLogger('silent'));
  if (!bot.ok) {
    printProblems(output, bot.problems);
    return 2;
  }
  const { models, secrets } = bot.value.parts;
  // Online, what a chat lacks is a line of its report, beside what the others say.
  const ofChats = isOnline ? [] : missingChatSecrets(config.value.chat, secrets);
  const { web } = config.value;
  const links = web && linkSecrets(web, secrets);
  const ofLinks = links === undefined || links.ok ? [] : links.problems;
  const [missing, ...others] = [...ofChats, ...ofLinks, ...missingSecrets(models.profiles(), secrets)];
  await bot.value.close();
  if (isOnline) {
    const found = await checkOnline(config.value, secrets, output);
    if (found !== 0) return found;
  }
  if (missing === undefined) {
    // Beside the configuration itself, so that what is printed there stays TOML.
    if (!isOnline) printNote(output, configRight(config.value));
    return 0;
  }
  printProblems(output, [missing, ...others]);
  return 2;
}
