import type { CheckLine } from './host-check-words.ts';
import { count } from './numbers.ts';
import { why } from './reasons.ts';
import { Parameters } from './wording.ts';

/** Channels that a line names; the others are counted. */
const NAMED_CHANNELS = 10;

const APP = 'At api.slack.com/apps, choose the app';
const SHOW_TOKEN = `${APP}, open "OAuth & Permissions" and copy the "Bot User OAuth Token" (xoxb-…).`;
const INSTALL = `${APP}, open "Install App", install it to the workspace and copy the "Bot User OAuth Token" anew.`;
const APP_TOKENS = `${APP}, open "Basic Information" and, under "App-Level Tokens",`;
const NEW_APP_TOKEN = `${APP_TOKENS} generate a token with the scope \`connections:write\` (xapp-…).`;

/** Where each secret is found. */
const WHERE_SECRETS_ARE: Readonly<Record<string, string>> = {
  bot_token: SHOW_TOKEN,
  app_token: NEW_APP_TOKEN,
  signing_secret: `${APP}, open "Basic Information" and show the "Signing Secret".`,
};

const TOKEN_FAULTS: ReadonlyMap<string, readonly [text: string, advice: string]> = new Map([
  ['invalid_auth', ['Slack does not know the bot token.', SHOW_TOKEN]],
  ['not_authed', ['Slack does not know the bot token.', SHOW_TOKEN]],
  ['token_revoked', ['The bot token was revoked.', INSTALL]],
  ['token_expired', ['The bot token has expired.', INSTALL]],
  ['account_inactive', ['The app was removed from the workspace.', INSTALL]],
  ['not_allowed_token_type', ['What stands there is no bot token.', SHOW_TOKEN]],
]);

const APP_TOKEN_FAULTS: ReadonlyMap<string, readonly [text: string, advice: string]> = new Map([
  ['invalid_auth', ['Slack does not know the app token.', NEW_APP_TOKEN]],
  ['not_authed', ['Slack does not know the app token.', NEW_APP_TOKEN]],
  ['token_revoked', ['The app token was revoked.', NEW_APP_TOKEN]],
  ['not_allowed_token_type', ['What stands there is no app token.', NEW_APP_TOKEN]],
  ['missing_scope', ['The app token may not open connections.', NEW_APP_TOKEN]],
  [
    'socket_mode_not_enabled',
    ['Socket Mode is off.', `${APP}, open "Socket Mode" and switch "Enable Socket Mode" on.`],
  ],
]);

interface SeenChannel {
  readonly id: string;
  readonly name?: string;
  readonly is_member?: boolean;
  readonly is_archived?: boolean;
  readonly is_ext_shared?: boolean;
}

/** What `config check --online` says of a workspace of Slack. */
export const SLACK_CHECK = {
  silent: (url: string, detail: string): CheckLine => ({
    passed: false,
    text: `Slack does not answer at ${url} (${why(new Parameters({ detail }))}).`,
    advice: 'Check the network of this machine and `api_url`, then try again.',
  }),
  secretMissing: (key: string, text: string): CheckLine => ({
    passed: false,
    text,
    ...(WHERE_SECRETS_ARE[key] !== undefined && { advice: WHERE_SECRETS_ARE[key] }),
  }),
  tokenRefused: (code: string): CheckLine => {
    const [text, advice] = TOKEN_FAULTS.get(code) ?? refused('the bot token', code, SHOW_TOKEN);
    return { passed: false, text, advice };
  },
  userToken: {
    passed: false,
    text: 'The bot token belongs to a person: the bot would write in their name.',
    advice: SHOW_TOKEN,
  },
  token: (bot: string, team: string, id: string): CheckLine => ({
    passed: true,
    text: `The bot token is valid: @${bot} in ${team} (${id}).`,
  }),
  scopes: (missing: readonly string[]): CheckLine =>
    missing.length === 0
      ? { passed: true, text: 'It has every scope that the bot needs.' }
      : {
          passed: false,
          text: `The bot token lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}.`,
          advice: `${APP}, open "OAuth & Permissions", add them under "Bot Token Scopes", then click "Reinstall to Workspace" above: a new scope holds only after that.`,
        },
  appToken: { passed: true, text: 'The app token opens connections (Socket Mode).' },
  appTokenRefused: (code: string): CheckLine => {
    const [text, advice] = APP_TOKEN_FAULTS.get(code) ?? refused('the app token', code, NEW_APP_TOKEN);
    return { passed: false, text, advice };
  },
  otherApp: (ofAppToken: string, ofBot: string): CheckLine => ({
    passed: false,
    text: `The app token belongs to the app ${ofAppToken}, the bot token to the app ${ofBot}: nothing that people do would arrive.`,
    advice: `${APP_TOKENS} take the token of the app whose bot it is: api.slack.com/apps/${ofBot}.`,
  }),
  http: (port: number, isToken: boolean): CheckLine =>
    isToken
      ? {
          passed: false,
          text: 'What stands at `signing_secret` is a token.',
          advice: WHERE_SECRETS_ARE['signing_secret'] ?? '',
        }
      : {
          passed: true,
          text: `HTTP mode: Slack calls port ${port} of this machine. Nobody can try that from here.`,
          advice: `While the bot runs: ${APP.replace('At', 'at')}, open "Event Subscriptions": the Request URL has to say "Verified".`,
        },
  channelRefused: (id: string, code: string, bot: string): CheckLine => {
    if (code !== 'channel_not_found') {
      return { passed: false, text: `The channel ${id} cannot be looked at (${spaced(code)}).` };
    }
    return {
      passed: false,
      text: `There is no channel ${id}, or it is private and the bot is not in it.`,
      advice: `Compare the id with the one at the end of the channel's "About", and type \`/invite @${bot}\` in the channel.`,
    };
  },
  channel: ({ id, name = id, ...channel }: SeenChannel, bot: string): CheckLine => {
    if (channel.is_archived === true) {
      return {
        passed: false,
        text: `#${name} (${id}) is archived.`,
        advice: 'Unarchive it in its settings, or take it from the configuration.',
      };
    }
    if (channel.is_member !== true) {
      return {
        passed: false,
        text: `The bot is not a member of #${name} (${id}).`,
        advice: `Type \`/invite @${bot}\` in #${name}.`,
      };
    }
    return {
      passed: true,
      text: `The bot is a member of #${name} (${id}).`,
      ...(channel.is_ext_shared === true && {
        advice: 'Other organisations are in it too: `[access] strangers` says what their people may do.',
      }),
    };
  },
  groupsRefused: (code: string): CheckLine => ({
    passed: false,
    text: `The user groups cannot be listed (${spaced(code)}): access rules with them fit nobody.`,
    advice: 'User groups need a paid plan and the scope `usergroups:read`; a rule may name `users` instead.',
  }),
  group: (id: string, isKnown: boolean, handle = id): CheckLine =>
    isKnown
      ? { passed: true, text: `The access rules mean the user group @${handle} (${id}).` }
      : {
          passed: false,
          text: `There is no user group ${id}: the access rules with it fit nobody.`,
          advice:
            'Open "People", "User groups", the group, ⋮, "Copy group ID"; groups of another workspace need a rule with its `tenant`.',
        },
  channelsRefused: (code: string): CheckLine => ({
    passed: false,
    text: `The channels of the bot cannot be listed (${spaced(code)}).`,
  }),
  /** None is no fault: direct messages and mentions need no channel. */
  memberOf: (names: readonly string[], bot: string): CheckLine => {
    if (names.length === 0) {
      return {
        passed: true,
        text: 'The bot is in no channel yet; direct messages work.',
        advice: `Type \`/invite @${bot}\` in the channels where it shall work.`,
      };
    }
    const named = names.slice(0, NAMED_CHANNELS).map((name) => `#${name}`);
    const more = names.length - named.length;
    return {
      passed: true,
      text: `The bot is in ${count(names.length, 'channel')}: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
    };
  },
} as const;

function refused(what: string, code: string, advice: string): readonly [text: string, advice: string] {
  if (code === 'ratelimited') return ['Slack asks for a pause.', 'Try again in a minute.'];
  return [`Slack refuses ${what} (${spaced(code)}).`, advice];
}

function spaced(code: string): string {
  return code.replaceAll('_', ' ');
}
