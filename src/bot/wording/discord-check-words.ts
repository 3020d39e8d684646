import type { CheckLine } from './host-check-words.ts';
import { count } from './numbers.ts';
import { why } from './reasons.ts';
import { Parameters } from './wording.ts';

/** Channels that a line names; the others are counted. */
const NAMED_CHANNELS = 10;
/** Servers that a line names. */
const NAMED_GUILDS = 5;

const PORTAL = 'At discord.com/developers/applications, choose the application';
const NEW_TOKEN = `${PORTAL}, open "Bot", click "Reset Token" and copy the new token.`;

/** What `config check --online` says of a bot of Discord. */
export const DISCORD_CHECK = {
  silent: (url: string, detail: string): CheckLine => ({
    passed: false,
    text: `Discord does not answer at ${url} (${why(new Parameters({ detail }))}).`,
    advice: 'Check the network of this machine and `api_url`, then try again.',
  }),
  refused: (what: string, message: string, code: number): CheckLine => ({
    passed: false,
    text: `Discord refuses ${what} (${message === '' ? code : `${message}, ${code}`}).`,
    advice: 'Try again in a minute; if it stays, say so with this line.',
  }),
  secretMissing: (text: string): CheckLine => ({ passed: false, text, advice: NEW_TOKEN }),
  tokenRefused: (isLikeToken: boolean): CheckLine =>
    isLikeToken
      ? {
          passed: false,
          text: 'Discord does not know the token: it was reset, or belongs to a bot that was deleted.',
          advice: NEW_TOKEN,
        }
      : {
          passed: false,
          text: 'What stands there is no token of a bot: that has three parts with dots between.',
          advice: `${NEW_TOKEN} The "Client Secret" and the "Public Key" of other pages are something else.`,
        },
  noBot: (name: string, id: string): CheckLine => ({
    passed: false,
    text: `The application ${name} (${id}) has no bot.`,
    advice: `${PORTAL}, and open "Bot".`,
  }),
  token: (bot: string, name: string, id: string): CheckLine => ({
    passed: true,
    text: `The token is valid: @${bot} of the application ${name} (${id}).`,
  }),
  gateway: (remaining: number, total: number): CheckLine =>
    remaining > 0
      ? { passed: true, text: `Discord lets it connect (${remaining} of ${total} starts are left today).` }
      : {
          passed: false,
          text: `The bot was started ${total} times today: Discord lets it connect no more, and may reset its token.`,
          advice: 'Look into the log for why it is restarted again and again; tomorrow it may connect.',
        },
  messageContent: (
    isOn: boolean,
    bot: string,
    { isNeeded, application }: { readonly isNeeded: boolean; readonly application: string },
  ): CheckLine =>
    isOn
      ? {
          passed: true,
          text: 'The Message Content Intent is on: a video that is posted becomes a prompt.',
        }
      : {
          passed: !isNeeded,
          text: `The Message Content Intent is off: a video becomes a prompt with a mention of @${bot}, in a direct message, by "Use as prompt" in the menu of its message, and with \`/cosmos create\`; posted alone it does not.`,
          advice: `To change that: discord.com/developers/applications/${application}/bot, "Privileged Gateway Intents", switch "Message Content Intent" on, "Save Changes", and start the bot again.`,
        },
  nowhere: (link: string): CheckLine => ({
    passed: false,
    text: 'The bot is in no server yet.',
    advice: `Open ${link}, choose the server, and click "Authorize". You need the permission "Manage Server" there.`,
  }),
  guildAbsent: (id: string, link: string): CheckLine => ({
    passed: false,
    text: `The bot is not in the server ${id}.`,
    advice: `Compare the id (right-click the server, "Copy Server ID"), or let the bot in: ${link}`,
  }),
  guild: (name: string, id: string, missing: readonly string[], link: string): CheckLine =>
    missing.length === 0
      ? { passed: true, text: `In ${name} (${id}) it has every permission that it needs.` }
      : {
          passed: false,
          text: `In ${name} (${id}) it lacks ${permissions(missing)}.`,
          advice: `Open ${link} and click "Authorize" again; or "Server Settings", "Roles", the role of the bot, "Permissions".`,
        },
  moreGuilds: (names: readonly string[]): CheckLine => ({
    passed: true,
    text: `It is in ${count(names.length, 'more server')}, ${names.length === 1 ? 'whose' : 'of which the'} permissions and channels were not looked at: ${someOf(names, NAMED_GUILDS)}.`,
  }),
  openChannels: (guild: string, names: readonly string[], bot: string): CheckLine => {
    if (names.length === 0) {
      return {
        passed: false,
        text: `There is no channel in ${guild} in which it may do what it needs.`,
        advice: `Open the settings of a channel, "Permissions", "Add members or roles", choose ${bot}, and allow what the bot has in the server.`,
      };
    }
    const channels = names.map((name) => `#${name}`);
    return {
      passed: true,
      text: `It can work in ${count(names.length, 'channel')} of ${guild}: ${someOf(channels, NAMED_CHANNELS)}.`,
    };
  },
  channelRefused: (id: string, bot: string): CheckLine => ({
    passed: false,
    text: `There is no channel ${id}, or the bot does not see it.`,
    advice: `Compare the id (right-click the channel, "Copy Channel ID"); of a private channel open the settings, "Permissions", "Add members or roles", and add ${bot}.`,
  }),
  noTextChannel: (id: string, name: string): CheckLine => ({
    passed: false,
    text: `#${name} (${id}) is no text channel.`,
    advice:
      'Name a text channel: the bot opens threads on messages, which forums, voice and threads do not have.',
  }),
  otherGuild: (id: string, name: string): CheckLine => ({
    passed: false,
    text: `#${name} (${id}) is in a server that \`guilds\` does not name.`,
    advice: 'Add its server to `guilds`, or take the channel from the configuration.',
  }),
  channel: (id: string, name: string, missing: readonly string[], bot: string): CheckLine =>
    missing.length === 0
      ? { passed: true, text: `In #${name} (${id}) it has every permission that it needs.` }
      : {
          passed: false,
          text: `In #${name} (${id}) it lacks ${permissions(missing)}.`,
          advice: `Open the settings of #${name}, "Permissions", choose ${bot} (or add it), and allow it; a red cross there wins over what the server allows.`,
        },
  /** `unseen`: servers whose roles were not looked at. */
  role: (id: string, name: string | undefined, unseen: number): CheckLine =>
    name !== undefined
      ? { passed: true, text: `The access rules mean the role ${name} (${id}).` }
      : {
          passed: false,
          text:
            unseen === 0
              ? `There is no role ${id}: the access rules with it fit nobody.`
              : `The role ${id} of the access rules was not found; ${count(unseen, 'server')} ${unseen === 1 ? 'was' : 'were'} not looked at.`,
          advice:
            'Open "Server Settings", "Roles", the menu … of the role, "Copy Role ID"; it is shown with "Developer Mode" on.',
        },
  invite: (link: string): CheckLine => ({
    passed: true,
    text: 'Another server lets it in with exactly the permissions that it needs by this link:',
    advice: link,
  }),
} as const;

function someOf(names: readonly string[], most: number): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function permissions(names: readonly string[]): string {
  return `${names.length === 1 ? 'the permission' : 'the permissions'} ${names.map((name) => `"${name}"`).join(', ')}`;
}
