import type { Logger } from 'pino';
import type { ChatConfig, Config } from '../core/config/config.ts';
import { missingChatSecrets } from '../core/config/missing-chat-secrets.ts';
import type { SecretLookup } from '../core/config/secret.ts';
import { type Checked, valid } from '../core/errors.ts';
import type { Models } from '../core/models/models.ts';
import type { ChatPort } from '../core/ports/chat.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Random } from '../core/ports/random.ts';
import type { Store } from '../core/store/store.ts';
import type { Wakeup } from '../core/wakeup.ts';
import type { CheckLine } from './wording/host-check-words.ts';

/** What chats are made of. */
export interface ChatParts {
  readonly store: Store;
  readonly secrets: SecretLookup;
  /** Those that the commands of a platform offer. */
  readonly models: Pick<Models, 'list'>;
  readonly wakeup: Wakeup;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** What was found at one place where a chat lives. */
export interface ChatReport {
  /** Such as `chat.slack.studio`. */
  readonly where: string;
  readonly lines: readonly CheckLine[];
}

/** One chat on a server, opened and not yet started. */
export interface OpenedChat {
  readonly where: string;
  readonly port: ChatPort;
  /** How files reach the bot there, where that depends on what it is allowed; known once it has started. */
  readonly ways?: () => readonly string[];
}

/** Every configured chat that lives on a server; connects to nothing. Problems: those of `missingChatSecrets`. */
export async function openChats(
  config: ChatConfig,
  parts: ChatParts,
): Promise<Checked<readonly OpenedChat[]>> {
  const [missing, ...others] = missingChatSecrets(config, parts.secrets);
  if (missing !== undefined) return { ok: false, problems: [missing, ...others] };
  const opened: OpenedChat[] = [];
  // A library for each chat: what needs none of them must not wait for it.
  if (config.slack.length > 0) {
    const { openWorkspace } = await import('./slack/open-workspace.ts');
    for (const workspace of config.slack) {
      const port = openWorkspace(workspace, parts);
      if (!port.ok) return port;
      opened.push({ where: workspace.where, port: port.value });
    }
  }
  if (config.discord !== undefined) {
    const { openDiscord } = await import('./discord/open-discord.ts');
    const discord = openDiscord(config.discord, parts);
    if (!discord.ok) return discord;
    opened.push({ where: config.discord.where, ...discord.value });
  }
  return valid(opened);
}

/** Asks every configured chat that lives on a server whether the bot can work there; changes nothing anywhere. */
export async function checkChats(
  { chat: { slack, discord }, access: { rules } }: Pick<Config, 'chat' | 'access'>,
  secrets: SecretLookup,
  logger: Logger,
): Promise<readonly ChatReport[]> {
  const workspaces = slack.map(async (config): Promise<ChatReport> => {
    const { checkWorkspace } = await import('./slack/check-workspace.ts');
    return { where: config.where, lines: await checkWorkspace({ config, rules, secrets, logger }) };
  });
  const bots = [discord].flatMap((config) => {
    if (config === undefined) return [];
    const check = async (): Promise<ChatReport> => {
      const { checkBot } = await import('./discord/check/check-bot.ts');
      return { where: config.where, lines: await checkBot({ config, rules, secrets }) };
    };
    return [check()];
  });
  return await Promise.all([...workspaces, ...bots]);
}
