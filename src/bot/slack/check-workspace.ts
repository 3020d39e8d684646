import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { Logger } from 'pino';
import type { AccessRule, SlackConfig } from '../../core/config/config.ts';
import type { SecretLookup, SecretReference } from '../../core/config/secret.ts';
import type { CheckLine } from '../wording/host-check-words.ts';
import { problemLine } from '../wording/host-check-words.ts';
import { SLACK_CHECK as SAY } from '../wording/slack-check-words.ts';
import { SLACK } from './platform.ts';
import { BOT_SCOPES } from './scopes.ts';
import { slackLogger } from './slack-logger.ts';

/** Of one call; nobody waits longer for the answer to a question, ms. */
const DEADLINE_MS = 10_000;
/** Of a user group; `guest` and `stranger` are none of Slack's. */
const GROUP_ID = /^S[A-Z0-9]{6,}$/;
/** An app token names its app: `xapp-1-A0123456789-…`. */
const APP_OF_TOKEN = /^xapp-\d+-(A[A-Z0-9]+)-/;

export interface WorkspaceCheck {
  readonly config: SlackConfig;
  /** Of the access rules: user groups that they name. */
  readonly rules: readonly AccessRule[];
  readonly secrets: SecretLookup;
  readonly logger: Logger;
}

/**
 * Asks a workspace whether the bot can work there: token, scopes, the way in, membership. What fails becomes a line with
 * what to click; whatever needs that is then not asked. Posts and changes nothing.
 */
export async function checkWorkspace(check: WorkspaceCheck): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  const { botToken, connection } = check.config;
  const token = lookUp(check, 'bot_token', botToken, lines);
  const bot = token === undefined ? undefined : await checkBot(client(check, token), lines);
  if (bot === 'silent') return lines;
  if (connection.mode === 'socket') {
    const appToken = lookUp(check, 'app_token', connection.appToken, lines);
    if (appToken !== undefined) await checkAppToken(check, appToken, bot?.app, lines);
  } else {
    const secret = lookUp(check, 'signing_secret', connection.signingSecret, lines);
    if (secret !== undefined) lines.push(SAY.http(connection.port, /^xox|^xapp/.test(secret)));
  }
  if (bot !== undefined) {
    await checkGroups(bot, check.rules, lines);
    await checkChannels(bot, check.config, lines);
  }
  return lines;
}

/** A bot whose token is valid. */
interface KnownBot {
  readonly web: WebClient;
  readonly name: string;
  readonly team: string;
  readonly app: string | undefined;
}

async function checkBot(web: WebClient, lines: CheckLine[]): Promise<KnownBot | 'silent' | undefined> {
  const asked = await ask(web.auth.test());
  if (asked.kind === 'silence') {
    lines.push(SAY.silent(web.slackApiUrl, asked.detail));
    return 'silent';
  }
  if (asked.kind === 'refusal') {
    lines.push(SAY.tokenRefused(asked.code));
    return undefined;
  }
  const { user = '', team = '', team_id = '', bot_id, response_metadata } = asked.value;
  if (bot_id === undefined) {
    lines.push(SAY.userToken);
    return undefined;
  }
  lines.push(SAY.token(user, team, team_id));
  const granted = response_metadata?.scopes ?? [];
  lines.push(SAY.scopes(BOT_SCOPES.filter((scope) => !granted.includes(scope))));
  const own = await ask(web.bots.info({ bot: bot_id }));
  return { web, name: user, team: team_id, app: own.kind === 'answer' ? own.value.bot?.app_id : undefined };
}

/** Asks for an address to connect to, and does not connect. */
async function checkAppToken(
  check: WorkspaceCheck,
  token: string,
  appOfBot: string | undefined,
  lines: CheckLine[],
): Promise<void> {
  const web = client(check, token);
  const asked = await ask(web.apps.connections.open({}));
  if (asked.kind === 'silence') lines.push(SAY.silent(web.slackApiUrl, asked.detail));
  else if (asked.kind === 'refusal') lines.push(SAY.appTokenRefused(asked.code));
  else {
    const app = APP_OF_TOKEN.exec(token)?.[1];
    const isForeign = app !== undefined && appOfBot !== undefined && app !== appOfBot;
    lines.push(isForeign ? SAY.otherApp(app, appOfBot) : SAY.appToken);
  }
}

/** A rule with a group that is not there fits nobody, and says nothing. */
async function checkGroups(
  { web, team }: KnownBot,
  rules: readonly AccessRule[],
  lines: CheckLine[],
): Promise<void> {
  const meant = rules.filter(
    ({ platform, tenant }) =>
      (platform === undefined || platform === SLACK) && (tenant === undefined || tenant === team),
  );
  const ids = new Set(meant.flatMap(({ groups = [] }) => groups).filter((id) => GROUP_ID.test(id)));
  if (ids.size === 0) return;
  const asked = await ask(web.usergroups.list());
  if (asked.kind === 'silence') lines.push(SAY.silent(web.slackApiUrl, asked.detail));
  else if (asked.kind === 'refusal') lines.push(SAY.groupsRefused(asked.code));
  else {
    const known = new Map((asked.value.usergroups ?? []).map(({ id, handle }) => [id, handle]));
    for (const id of ids) lines.push(SAY.group(id, known.has(id), known.get(id)));
  }
}

async function checkChannels(
  { web, name }: KnownBot,
  { channels, quietChannels }: SlackConfig,
  lines: CheckLine[],
): Promise<void> {
  if (channels.length === 0) lines.push(await memberships(web, name));
  for (const id of new Set([...channels, ...quietChannels])) {
    const asked = await ask(web.conversations.info({ channel: id }));
    if (asked.kind === 'silence') lines.push(SAY.silent(web.slackApiUrl, asked.detail));
    else if (asked.kind === 'refusal') lines.push(SAY.channelRefused(id, asked.code, name));
    else lines.push(SAY.channel({ id, ...asked.value.channel }, name));
  }
}

async function memberships(web: WebClient, name: string): Promise<CheckLine> {
  const types = 'public_channel,private_channel';
  const asked = await ask(web.users.conversations({ types, exclude_archived: true, limit: 200 }));
  if (asked.kind === 'silence') return SAY.silent(web.slackApiUrl, asked.detail);
  if (asked.kind === 'refusal') return SAY.channelsRefused(asked.code);
  const { channels = [] } = asked.value;
  return SAY.memberOf(
    channels.map((channel) => channel.name ?? channel.id ?? ''),
    name,
  );
}

/** The secret, or a line that says where it is not. */
function lookUp(
  { config, secrets }: WorkspaceCheck,
  key: string,
  reference: SecretReference,
  lines: CheckLine[],
): string | undefined {
  const found = secrets(reference);
  if (found.ok) return found.value.reveal();
  const [{ code, parameters }] = found.problems;
  const { text } = problemLine({ code, parameters: { where: `${config.where}.${key}`, ...parameters } });
  lines.push(SAY.secretMissing(key, text));
  return undefined;
}

function client({ config, logger }: WorkspaceCheck, token: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: config.apiUrl,
    logger: slackLogger(logger),
    retryConfig: { retries: 0 },
    timeout: DEADLINE_MS,
    rejectRateLimitedCalls: true,
  });
}

type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refusal'; readonly code: string }
  | { readonly kind: 'silence'; readonly detail: string };

async function ask<T>(call: Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: 'answer', value: await call };
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return { kind: 'refusal', code: error.data.error };
    if (error instanceof WebAPIRateLimitedError) return { kind: 'refusal', code: 'ratelimited' };
    if (error instanceof WebAPIHTTPError) return { kind: 'silence', detail: `HTTP ${error.statusCode}` };
    if (error instanceof WebAPIRequestError) return { kind: 'silence', detail: reasonOf(error.original) };
    throw error;
  }
}

/** The innermost cause is the one that says something: `fetch failed` does not. */
function reasonOf(error: Error): string {
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
