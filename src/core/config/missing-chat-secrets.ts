import type { Problem } from '../errors.ts';
import type { ChatConfig, SlackConfig } from './config.ts';
import type { SecretLookup, SecretReference } from './secret.ts';

/** What the configured chats need and the bot does not have: `config.secret_missing` with `where`, each once. */
export function missingChatSecrets({ slack, discord }: ChatConfig, lookup: SecretLookup): readonly Problem[] {
  const needed = [
    ...slack.flatMap(secretsOfWorkspace),
    ...(discord === undefined ? [] : [[`${discord.where}.token`, discord.token] as const]),
  ];
  return needed.flatMap(([where, reference]) => {
    const found = lookup(reference);
    if (found.ok) return [];
    return found.problems.map(({ code, parameters }) => ({ code, parameters: { where, ...parameters } }));
  });
}

function secretsOfWorkspace({
  where,
  botToken,
  connection,
}: SlackConfig): readonly (readonly [where: string, reference: SecretReference])[] {
  return [
    [`${where}.bot_token`, botToken],
    connection.mode === 'socket'
      ? [`${where}.app_token`, connection.appToken]
      : [`${where}.signing_secret`, connection.signingSecret],
  ];
}
