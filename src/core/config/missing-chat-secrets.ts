import type { Problem } from '../errors.ts';
import type { ChatConfig } from './config.ts';
import type { SecretLookup, SecretReference } from './secret.ts';

/** What the configured chats need and the bot does not have: `config.secret_missing` with `where`, each once. */
export function missingChatSecrets({ slack }: ChatConfig, lookup: SecretLookup): readonly Problem[] {
  return slack.flatMap(({ where, botToken, connection }) => {
    const entrance: readonly [string, SecretReference] =
      connection.mode === 'socket'
        ? ['app_token', connection.appToken]
        : ['signing_secret', connection.signingSecret];
    const needed: readonly (readonly [string, SecretReference])[] = [['bot_token', botToken], entrance];
    return needed.flatMap(([key, reference]) => {
      const found = lookup(reference);
      if (found.ok) return [];
      return found.problems.map(({ code, parameters }) => ({
        code,
        parameters: { where: `${where}.${key}`, ...parameters },
      }));
    });
  });
}
