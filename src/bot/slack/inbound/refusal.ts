import { slackCode, toChatError, waitAskedFor } from '../slack-errors.ts';

/** Refusals that no waiting mends: somebody has to change a token or a setting. What to do about each. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['invalid_auth', 'the app token is wrong: copy it again from Basic Information → App-Level Tokens'],
  ['not_authed', 'no app token was sent: set app_token'],
  ['token_revoked', 'the app token was revoked: make a new one under Basic Information → App-Level Tokens'],
  ['token_expired', 'the app token has expired: make a new one under Basic Information → App-Level Tokens'],
  ['account_inactive', 'the app was removed from the workspace: install it again'],
  ['user_removed_from_team', 'the app was removed from the workspace: install it again'],
  ['team_disabled', 'the workspace is switched off'],
  ['not_allowed_token_type', 'app_token is not an app-level token: it begins with xapp-'],
  ['missing_scope', 'the app token lacks the scope connections:write: make one that has it'],
  ['socket_mode_not_enabled', 'Socket Mode is switched off: switch it on under Settings → Socket Mode'],
]);

/** Why `apps.connections.open` failed, for people and for the next try. */
export interface Refusal {
  /** Slack's word, or the failure of the network. */
  readonly detail: string;
  /** What somebody has to do; absent where waiting may help. */
  readonly advice?: string;
  /** When Slack wants to be asked again, ms. */
  readonly retryAfterMs?: number;
}

export function refusalOf(error: unknown): Refusal {
  const code = slackCode(error);
  const advice = REFUSALS.get(code ?? '');
  const retryAfterMs = waitAskedFor(error);
  return {
    detail: code ?? String(toChatError(error).parameters['detail']),
    ...(advice !== undefined && { advice }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
