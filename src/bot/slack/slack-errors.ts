import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { CosmosError, type ErrorCode } from '../../core/errors.ts';

/** How the platform is called in what people read. */
const PLATFORM_NAME = 'Slack';
/** Refusals that somebody in the channel mends; a private channel without the bot is not there for it. */
const UNINVITED: ReadonlySet<string> = new Set(['channel_not_found', 'not_in_channel']);
/** What they type for that, with the name that the manifest gives the bot. */
const INVITATION = '/invite @cosmos';
/** Where Slack does not say how long to wait, ms. */
const USUAL_WAIT_MS = 30_000;
/** What Slack's codes look like; where a proxy answers in its place, its whole page stands there. */
const CODE = /^[a-z][a-z0-9_]{1,80}$/;

/** Slack's codes that mean the same thing for whoever posts; all others say that it may pass later. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ...codes('chat.place_gone', [
    'channel_not_found',
    'is_archived',
    'thread_not_found',
    'team_not_found',
    'user_disabled',
  ]),
  ...codes('chat.not_permitted', [
    'access_denied',
    'cannot_reply_to_message',
    'cant_delete_file',
    'cant_delete_message',
    'cant_update_message',
    'edit_window_closed',
    'ekm_access_denied',
    'messages_tab_disabled',
    'method_not_supported_for_channel_type',
    'no_permission',
    'not_in_channel',
    'restricted_action',
    'restricted_action_non_threadable_channel',
    'restricted_action_read_only_channel',
    'restricted_action_thread_locked',
    'restricted_action_thread_only_channel',
    'team_access_not_granted',
    'user_is_restricted',
    'user_not_in_channel',
  ]),
  ...codes('chat.token_refused', [
    'account_inactive',
    'app_missing_action_url',
    'invalid_auth',
    'not_allowed_token_type',
    'not_authed',
    'org_login_required',
    'token_expired',
    'token_revoked',
  ]),
  ...codes('chat.scope_missing', ['missing_scope']),
  // What we send is wrong, whoever it is sent to: nothing that waiting mends.
  ...codes('internal.unexpected', [
    'invalid_arguments',
    'invalid_blocks',
    'invalid_blocks_format',
    'invalid_metadata_format',
    'invalid_metadata_schema',
    'metadata_too_large',
    'msg_blocks_too_long',
    'msg_too_long',
    'no_text',
    'unknown_method',
  ]),
]);

/** Slack's own code of a refusal, such as `not_in_channel`; undefined where it is none, or not Slack that answers. */
export function slackCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof WebAPIPlatformError)) return undefined;
  const { error } = thrown.data;
  return typeof error === 'string' && CODE.test(error) ? error : undefined;
}

/** How long Slack wants not to be asked, ms; undefined where it does not say that. Nothing was done then. */
export function waitAskedFor(thrown: unknown): number | undefined {
  if (thrown instanceof WebAPIRateLimitedError) return thrown.retryAfter * 1000;
  const code = slackCode(thrown);
  return code === 'ratelimited' || code === 'rate_limited' ? USUAL_WAIT_MS : undefined;
}

/** What went wrong, in the codes of the port; unknown failures are `chat.unavailable`, and tried again. */
export function toChatError(thrown: unknown): CosmosError {
  if (thrown instanceof CosmosError) return thrown;
  const detail = detailOf(thrown);
  const code = CODES.get(slackCode(thrown) ?? '') ?? 'chat.unavailable';
  const scope = code === 'chat.scope_missing' ? neededScope(thrown) : undefined;
  const invitation = UNINVITED.has(slackCode(thrown) ?? '') ? INVITATION : undefined;
  const parameters = {
    platform: PLATFORM_NAME,
    detail,
    ...(scope !== undefined && { scope }),
    ...(invitation !== undefined && { invitation }),
  };
  return new CosmosError(code, parameters, { cause: thrown });
}

/** An outcome that is unknown, or a platform that does not answer, for a reason of our own. */
export function unavailable(detail: string, cause?: unknown): CosmosError {
  return new CosmosError('chat.unavailable', { platform: PLATFORM_NAME, detail }, { cause });
}

/** A few words without anything that somebody sent. */
function detailOf(thrown: unknown): string {
  if (thrown instanceof WebAPIPlatformError) return slackCode(thrown) ?? 'unreadable answer';
  if (thrown instanceof WebAPIHTTPError) return `HTTP ${thrown.statusCode}`;
  if (thrown instanceof WebAPIRateLimitedError) return 'too many calls';
  return networkDetail(thrown instanceof WebAPIRequestError ? thrown.original : thrown);
}

/** What the network says is behind `fetch failed`. */
export function networkDetail(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  if (thrown.name === 'TimeoutError') return 'deadline';
  const { cause } = thrown;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return thrown.message;
}

function neededScope(thrown: unknown): string | undefined {
  if (!(thrown instanceof WebAPIPlatformError)) return undefined;
  const needed: unknown = Reflect.get(thrown.data, 'needed');
  return typeof needed === 'string' && /^[a-z:._,]+$/.test(needed) ? needed : undefined;
}

function codes(code: ErrorCode, of: readonly string[]): [string, ErrorCode][] {
  return of.map((each) => [each, code]);
}
