import type { Logger } from 'pino';
import type { ChatConfig } from '../core/config/config.ts';
import type { SecretLookup } from '../core/config/secret.ts';
import type { CheckLine } from './wording/host-check-words.ts';

/** What was found at one place where a chat lives. */
export interface ChatReport {
  /** Such as `chat.slack.studio`. */
  readonly where: string;
  readonly lines: readonly CheckLine[];
}

/** Asks every configured chat that lives on a server whether the bot can work there; changes nothing anywhere. */
export async function checkChats(
  { slack }: ChatConfig,
  secrets: SecretLookup,
  logger: Logger,
): Promise<readonly ChatReport[]> {
  if (slack.length === 0) return [];
  // A library for each chat: what needs none of them must not wait for it.
  const { checkWorkspace } = await import('./slack/check-workspace.ts');
  const check = async (config: (typeof slack)[number]): Promise<ChatReport> => ({
    where: config.where,
    lines: await checkWorkspace({ config, secrets, logger }),
  });
  return await Promise.all(slack.map(check));
}
