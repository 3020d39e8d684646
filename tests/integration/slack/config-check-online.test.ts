import { describe, expect, it } from 'vitest';
import { configOf, loadToml } from '../../core/config/config-files.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { runOnlineCheck } from '../../support/online-check.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';

const TOKENS = 'bot_token = { env = "BOT" }\napp_token = { env = "APP" }\n';

interface Asking {
  /** After the address; the two tokens otherwise. */
  readonly toml?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `config check --online` says of the studio, and its exit code. */
async function ask(studio: Studio, { toml = TOKENS, environment = {} }: Asking = {}) {
  const known = { BOT: studio.bot.botToken, APP: studio.app.appToken, ...environment };
  const config = configOf(loadToml(`[chat.slack]\napi_url = "${studio.slack.apiUrl}"\n${toml}`));
  return await runOnlineCheck(config, known);
}

describe('a workspace in which the bot can work', () => {
  it('gets a line for each thing that is right, and nothing is posted', async () => {
    const studio = await openStudio();
    const { code, lines } = await ask(studio, { toml: `${TOKENS}channels = ["${studio.renders.id}"]` });
    expect(lines).toEqual([
      `✔ The bot token is valid: @cosmos in Studio (${studio.workspace.id}).`,
      '✔ It has every scope that the bot needs.',
      '✔ The app token opens connections (Socket Mode).',
      `✔ The bot is a member of #renders (${studio.renders.id}).`,
    ]);
    expect(code).toBe(0);
    expect(studio.renders.timeline).toEqual([]);
    expect(studio.slack.sockets.open(studio.app)).toEqual([]);
    expect(new Set(studio.slack.calls.methods())).toEqual(
      new Set(['auth.test', 'bots.info', 'apps.connections.open', 'conversations.info']),
    );
  });

  it('names the channels that the bot is in where none is configured', async () => {
    const studio = await openStudio();
    studio.slack.addChannel(studio.workspace, 'drafts', [studio.anna]);
    expect((await ask(studio)).lines).toContain('✔ The bot is in 1 channel: #renders.');
  });

  it('says how to invite the bot where it is in no channel, which is no fault', async () => {
    const studio = await openStudio();
    studio.renders.state.members.delete(studio.bot.botUserId);
    const { code, lines } = await ask(studio);
    expect(lines.slice(-2)).toEqual([
      '✔ The bot is in no channel yet; direct messages work.',
      '    Type `/invite @cosmos` in the channels where it shall work.',
    ]);
    expect(code).toBe(0);
  });

  it('is told that strangers are in a channel', async () => {
    const studio = await openStudio();
    studio.renders.state.shared = true;
    const { code, lines } = await ask(studio, { toml: `${TOKENS}channels = ["${studio.renders.id}"]` });
    expect(lines.at(-1)).toContain('`[access] strangers`');
    expect(code).toBe(0);
  });

  it('has the user groups of the access rules, as far as these mean it', async () => {
    const studio = await openStudio();
    const artists = studio.workspace.addGroup('artists', [studio.anna.id]);
    const rules = `
      [[access.rules]]
      role = "operator"
      groups = ["${artists.id}", "guest"]
      [[access.rules]]
      role = "operator"
      tenant = "T0ELSEWHERE"
      groups = ["S0ELSEWHERE"]
    `;
    const { code, lines } = await ask(studio, { toml: `${TOKENS}${rules}` });
    expect(lines.filter((line) => line.includes('user group'))).toEqual([
      `✔ The access rules mean the user group @artists (${artists.id}).`,
    ]);
    expect(code).toBe(0);
  });

  it('over HTTP is told what nobody can try from here', async () => {
    const studio = await openStudio();
    const { code, lines } = await ask(studio, {
      toml: 'bot_token = { env = "BOT" }\nsigning_secret = { env = "SIGN" }\nhttp_port = 3000\n',
      environment: { SIGN: studio.app.signingSecret },
    });
    expect(lines.slice(2, 4)).toEqual([
      '✔ HTTP mode: Slack calls port 3000 of this machine. Nobody can try that from here.',
      expect.stringContaining('the Request URL has to say "Verified"'),
    ]);
    expect(code).toBe(0);
  });
});

describe('what fails, and what to click', () => {
  it.each<[what: string, spoil: (studio: Studio) => Asking | undefined, line: RegExp, advice: RegExp]>([
    [
      'a bot token that is not set',
      () => ({ environment: { BOT: '' } }),
      /✖ The secret `chat\.slack\.bot_token` is not there: the variable `BOT` is empty or missing/,
      /"OAuth & Permissions".*"Bot User OAuth Token"/,
    ],
    [
      'a bot token that Slack does not know',
      () => ({ environment: { BOT: 'xoxb-1-2-3' } }),
      /✖ Slack does not know the bot token/,
      /"OAuth & Permissions"/,
    ],
    [
      'a bot token that was revoked',
      ({ bot }) => {
        bot.revoked = true;
        return undefined;
      },
      /✖ The bot token was revoked/,
      /"Install App"/,
    ],
    [
      'the app token in place of the bot token',
      ({ app }) => ({ environment: { BOT: app.appToken } }),
      /✖ What stands there is no bot token/,
      /"Bot User OAuth Token"/,
    ],
    [
      'scopes that are missing',
      ({ bot }) => {
        bot.scopes = bot.scopes.filter((scope) => !['files:read', 'usergroups:read'].includes(scope));
        return undefined;
      },
      /✖ The bot token lacks the scopes files:read, usergroups:read/,
      /"Bot Token Scopes".*"Reinstall to Workspace"/,
    ],
    [
      'an app token that is not set',
      () => ({ environment: { APP: '' } }),
      /✖ The secret `chat\.slack\.app_token` is not there/,
      /"App-Level Tokens".*connections:write/,
    ],
    [
      'an app token that Slack does not know',
      () => ({ environment: { APP: 'xapp-1-A1-2-3' } }),
      /✖ Slack does not know the app token/,
      /"App-Level Tokens"/,
    ],
    [
      'the bot token in place of the app token',
      ({ bot }) => ({ environment: { APP: bot.botToken } }),
      /✖ What stands there is no app token/,
      /"App-Level Tokens"/,
    ],
    [
      'an app token without its scope',
      ({ app }) => {
        app.appScopes = [];
        return undefined;
      },
      /✖ The app token may not open connections/,
      /connections:write/,
    ],
    [
      'Socket Mode that is off',
      ({ slack, app }) => {
        slack.sockets.disabled.add(app);
        return undefined;
      },
      /✖ Socket Mode is off/,
      /"Enable Socket Mode"/,
    ],
    [
      'the app token of another app',
      ({ slack }) => ({ environment: { APP: slack.addApp('other').appToken } }),
      /✖ The app token belongs to the app A\w+, the bot token to the app A\w+/,
      /api\.slack\.com\/apps\/A/,
    ],
    [
      'a token in place of the signing secret',
      ({ bot }) => ({
        toml: 'bot_token = { env = "BOT" }\nsigning_secret = { env = "SIGN" }\nhttp_port = 3000\n',
        environment: { SIGN: bot.botToken },
      }),
      /✖ What stands at `signing_secret` is a token/,
      /"Signing Secret"/,
    ],
    [
      'a user group that is not there',
      () => ({ toml: `${TOKENS}[[access.rules]]\nrole = "admin"\ngroups = ["S0123456789"]\n` }),
      /✖ There is no user group S0123456789/,
      /"Copy group ID"/,
    ],
    [
      'user groups that the workspace does not have',
      ({ slack }) => {
        slack.injections.inject('usergroups.list', trouble.refused('paid_teams_only'));
        return { toml: `${TOKENS}[[access.rules]]\nrole = "admin"\ngroups = ["S0123456789"]\n` };
      },
      /✖ The user groups cannot be listed \(paid teams only\)/,
      /`users` instead/,
    ],
    [
      'a channel in which the bot is not',
      ({ renders, bot }) => {
        renders.state.members.delete(bot.botUserId);
        return { toml: `${TOKENS}channels = ["${renders.id}"]` };
      },
      /✖ The bot is not a member of #renders/,
      /\/invite @cosmos` in #renders/,
    ],
    [
      'a channel that is archived',
      ({ renders }) => {
        renders.state.archived = true;
        return { toml: `${TOKENS}channels = ["${renders.id}"]` };
      },
      /✖ #renders \(C\w+\) is archived/,
      /Unarchive/,
    ],
    [
      'a channel that is not there, also a quiet one',
      () => ({ toml: `${TOKENS}quiet_channels = ["C0000000000"]` }),
      /✖ There is no channel C0000000000, or it is private/,
      /"About".*\/invite @cosmos/,
    ],
    [
      'a Slack that is out of order',
      ({ slack }) => {
        slack.injections.inject('auth.test', trouble.serverError('before', 503));
        return undefined;
      },
      /✖ Slack does not answer at http:.* \(HTTP 503\)/,
      /`api_url`/,
    ],
    [
      'a connection that breaks',
      ({ slack }) => {
        slack.injections.inject('auth.test', trouble.reset('before'));
        return undefined;
      },
      /✖ Slack does not answer/,
      /the network of this machine/,
    ],
    [
      'too many questions',
      ({ slack }) => {
        slack.injections.inject('auth.test', trouble.rateLimited(30));
        return undefined;
      },
      /✖ Slack asks for a pause/,
      /in a minute/,
    ],
    [
      'an app that was removed',
      ({ slack }) => {
        slack.injections.inject('auth.test', trouble.refused('account_inactive'));
        return undefined;
      },
      /✖ The app was removed from the workspace/,
      /"Install App"/,
    ],
  ])('%s', async (_what, spoil, line, advice) => {
    const studio = await openStudio();
    const { code, lines } = await ask(studio, spoil(studio));
    const at = lines.findIndex((each) => line.test(each));
    expect(lines[at] ?? lines).toMatch(line);
    expect(lines[at + 1]).toMatch(advice);
    expect(lines.join('\n')).not.toContain(studio.bot.botToken);
    expect(code).toBe(1);
    expect(studio.renders.timeline).toEqual([]);
  });
});

it('several workspaces are looked at one by one, and one of them is enough to fail', async () => {
  const studio = await openStudio();
  const lab = await openStudio();
  const table = ({ slack }: Studio, prefix: string) =>
    `api_url = "${slack.apiUrl}"\nbot_token = { env = "${prefix}_BOT" }\napp_token = { env = "${prefix}_APP" }\n`;
  const toml = `[chat.slack.studio]\n${table(studio, 'STUDIO')}[chat.slack.lab]\n${table(lab, 'LAB')}`;
  const { code, lines } = await runOnlineCheck(configOf(loadToml(toml)), {
    STUDIO_BOT: studio.bot.botToken,
    STUDIO_APP: studio.app.appToken,
    LAB_BOT: lab.bot.botToken,
  });
  const second = lines.indexOf('chat.slack.lab');
  expect(lines[0]).toBe('chat.slack.studio');
  expect(lines.slice(0, second).some((line) => line.startsWith('✖'))).toBe(false);
  expect(lines.slice(second)).toContainEqual(
    expect.stringContaining('`chat.slack.lab.app_token` is not there'),
  );
  expect(code).toBe(1);
});

it('there is nothing to ask where no chat on a server is configured', async () => {
  const { code, lines } = await runOnlineCheck(configOf(loadToml('')), {});
  expect(lines.join(' ')).toContain('Nothing to ask');
  expect(code).toBe(0);
});
