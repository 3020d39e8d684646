import { ApplicationFlags, Routes } from 'discord.js';
import { z } from 'zod';
import type { AccessRule, DiscordConfig } from '../../../core/config/config.ts';
import type { SecretLookup } from '../../../core/config/secret.ts';
import type { Secret } from '../../../core/ports/secret.ts';
import { DISCORD_CHECK as SAY } from '../../wording/discord-check-words.ts';
import { type CheckLine, problemLine } from '../../wording/host-check-words.ts';
import { DiscordClient } from '../discord-client.ts';
import { DISCORD_TIMES } from '../discord-times.ts';
import { type Asked, ask } from './asking.ts';
import { type CheckedBot, checkGuilds } from './check-guilds.ts';
import { inviteLink } from './permissions.ts';

/** Of one call; nobody waits longer for the answer to a question, ms. */
const DEADLINE_MS = 10_000;
const MESSAGE_CONTENT =
  ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

const applicationSchema = z.object({
  id: z.string(),
  name: z.string(),
  flags: z.number().default(0),
  bot: z.object({ id: z.string(), username: z.string() }).optional(),
});

const gatewaySchema = z.object({
  session_start_limit: z.object({ total: z.number(), remaining: z.number() }),
});

export interface BotCheck {
  readonly config: DiscordConfig;
  /** Of the access rules: roles that they name. */
  readonly rules: readonly AccessRule[];
  readonly secrets: SecretLookup;
}

/**
 * Asks Discord whether the bot can work there: token, gateway, intent, servers, channels, roles of the access rules. What
 * fails becomes a line with what to click; whatever needs that is then not asked. Posts and changes nothing, and opens no
 * session, of which a bot has a thousand a day.
 */
export async function checkBot(check: BotCheck): Promise<readonly CheckLine[]> {
  const { config, rules, secrets } = check;
  const found = secrets(config.token);
  if (!found.ok) {
    const [{ code, parameters }] = found.problems;
    const { text } = problemLine({ code, parameters: { where: `${config.where}.token`, ...parameters } });
    return [SAY.secretMissing(text)];
  }
  const closing = new AbortController();
  const client = openClient(config, found.value, closing.signal);
  try {
    const application = await ask(client, Routes.currentApplication(), applicationSchema);
    if (application.kind !== 'answer') return [notKnown(application, config.apiUrl, found.value)];
    const { id, name, flags, bot } = application.value;
    if (bot === undefined) return [SAY.noBot(name, id)];
    const lines = [
      SAY.token(bot.username, name, id),
      ...(await gatewayLines(client, config.apiUrl)),
      SAY.messageContent((flags & MESSAGE_CONTENT) !== 0, bot.username, {
        isNeeded: config.channels.length > 0,
        application: id,
      }),
    ];
    const checked: CheckedBot = { client, application: id, user: bot.id, name: bot.username };
    return [...lines, ...(await checkGuilds(checked, config, rules)), SAY.invite(inviteLink(id))];
  } finally {
    closing.abort(new Error('the check is over'));
  }
}

async function gatewayLines(client: DiscordClient, apiUrl: string): Promise<readonly CheckLine[]> {
  const gateway = await ask(client, Routes.gatewayBot(), gatewaySchema);
  if (gateway.kind === 'silence') return [SAY.silent(apiUrl, gateway.detail)];
  if (gateway.kind === 'refusal') return [SAY.refused('the gateway', gateway.message, gateway.code)];
  const { remaining, total } = gateway.value.session_start_limit;
  return [SAY.gateway(remaining, total)];
}

function notKnown(
  asked: Exclude<Asked<unknown>, { kind: 'answer' }>,
  apiUrl: string,
  token: Secret,
): CheckLine {
  if (asked.kind === 'silence') return SAY.silent(apiUrl, asked.detail);
  if (asked.status !== 401) return SAY.refused('the token', asked.message, asked.code);
  return SAY.tokenRefused(isLikeToken(token));
}

/** Three parts with dots between; a client secret has none, and is what many people copy. */
function isLikeToken(token: Secret): boolean {
  return /^[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}$/.test(token.reveal());
}

function openClient({ apiUrl }: DiscordConfig, token: Secret, closed: AbortSignal): DiscordClient {
  const { uploadMs } = DISCORD_TIMES;
  return new DiscordClient({ token, apiUrl, times: { callMs: DEADLINE_MS, uploadMs }, closed });
}
