import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import { configOf, loadToml, problemsOf } from './config-files.ts';

const BOT = 'bot_token = { env = "BOT" }\n';
const SOCKET = `${BOT}app_token = { env = "APP" }\n`;
const HTTP = `${BOT}signing_secret = { file = "signing" }\nhttp_port = 3000\n`;

function slackOf(toml: string) {
  return configOf(loadToml(toml)).chat.slack;
}

describe('one workspace', () => {
  it('needs two tokens and nothing else', () => {
    expect(slackOf(`[chat.slack]\n${SOCKET}`)).toEqual([
      {
        where: 'chat.slack',
        botToken: { env: 'BOT' },
        connection: { mode: 'socket', appToken: { env: 'APP' } },
        apiUrl: 'https://slack.com/api/',
        channels: [],
        quietChannels: [],
      },
    ]);
  });

  it('is reached over HTTP with a signing secret and a port', () => {
    expect(slackOf(`[chat.slack]\n${HTTP}`)[0]?.connection).toEqual({
      mode: 'http',
      signingSecret: { file: 'signing' },
      host: '127.0.0.1',
      port: 3000,
    });
  });

  it('is reached from other machines where it is told to be', () => {
    const { connection } = slackOf(`[chat.slack]\n${HTTP}http_host = "0.0.0.0"\n`)[0] ?? {};
    expect(connection).toMatchObject({ host: '0.0.0.0' });
    expect(problemsOf(loadToml(`[chat.slack]\n${HTTP}http_host = "no host"\n`))).toMatchObject([
      { code: 'config.invalid_value', parameters: { reason: 'no_host' } },
    ]);
    expect(problemsOf(loadToml(`[chat.slack]\n${SOCKET}http_host = "0.0.0.0"\n`))).toMatchObject([
      { code: 'config.invalid_value', parameters: { reason: 'http_only' } },
    ]);
  });

  it('has the slash that the address of the Web API lacks', () => {
    expect(slackOf(`[chat.slack]\n${SOCKET}api_url = "http://127.0.0.1:80/api"`)[0]?.apiUrl).toBe(
      'http://127.0.0.1:80/api/',
    );
  });

  it('takes the place of the terminal, unless that is asked for', () => {
    const channels = 'channels = ["C0123456789", "G0123456789"]\nquiet_channels = ["C0123456789"]\n';
    const { chat } = configOf(loadToml(`[chat.slack]\n${SOCKET}${channels}`));
    expect(chat).toMatchObject({ terminal: false, quietChannels: ['C0123456789'] });
    expect(chat.slack[0]?.channels).toEqual(['C0123456789', 'G0123456789']);
    expect(configOf(loadToml(`[chat.terminal]\n[chat.slack]\n${SOCKET}`)).chat.terminal).toBe(true);
  });

  it('is printed with the places of its secrets, and loads again', () => {
    const config = configOf(loadToml(`[chat.slack]\n${HTTP}`));
    const printed = effectiveConfig(config);
    expect(printed).toContain('env = "BOT"');
    expect(printed).toContain('file = "signing"');
    expect(configOf(loadToml(printed)).chat).toEqual(config.chat);
  });
});

describe('several workspaces', () => {
  it('have a table each, in the order of the file', () => {
    const second = HTTP.replace('BOT', 'OTHER');
    expect(slackOf(`[chat.slack.studio]\n${SOCKET}[chat.slack.lab]\n${second}`)).toMatchObject([
      { name: 'studio', where: 'chat.slack.studio', connection: { mode: 'socket' } },
      { name: 'lab', where: 'chat.slack.lab', connection: { mode: 'http', port: 3000 } },
    ]);
  });

  it('share neither a port nor a token', () => {
    expect(problemsOf(loadToml(`[chat.slack.studio]\n${HTTP}[chat.slack.lab]\n${HTTP}`))).toEqual([
      {
        code: 'config.duplicate_name',
        parameters: {
          where: 'chat.slack.lab.http_port',
          kind: 'http_port',
          name: '3000',
          other: 'chat.slack.studio.http_port',
        },
      },
      {
        code: 'config.duplicate_name',
        parameters: {
          where: 'chat.slack.lab.bot_token',
          kind: 'bot_token',
          name: 'BOT',
          other: 'chat.slack.studio.bot_token',
        },
      },
    ]);
  });

  it('share no app: each of its connections would get the events of both', () => {
    const second = SOCKET.replace('BOT', 'OTHER');
    expect(problemsOf(loadToml(`[chat.slack.studio]\n${SOCKET}[chat.slack.lab]\n${second}`))).toEqual([
      {
        code: 'config.duplicate_name',
        parameters: {
          where: 'chat.slack.lab.app_token',
          kind: 'app_token',
          name: 'APP',
          other: 'chat.slack.studio.app_token',
        },
      },
    ]);
  });

  it('may have a variable and a file of the same name', () => {
    const second = SOCKET.replaceAll('env', 'file');
    expect(slackOf(`[chat.slack.studio]\n${SOCKET}[chat.slack.lab]\n${second}`)).toHaveLength(2);
  });
});

describe('what is refused', () => {
  it.each([
    ['[chat.slack]', 'config.missing_key', { where: 'chat.slack', keys: ['bot_token'] }],
    [
      `[chat.slack]\n${BOT}`,
      'config.missing_key',
      { where: 'chat.slack', keys: ['app_token', 'signing_secret'] },
    ],
    [
      `[chat.slack]\n${HTTP}app_token = { env = "APP" }`,
      'config.invalid_value',
      { where: 'chat.slack.signing_secret', reason: 'two_modes' },
    ],
    [
      `[chat.slack]\n${SOCKET}http_port = 3000`,
      'config.invalid_value',
      { where: 'chat.slack.http_port', reason: 'http_only' },
    ],
    [
      `[chat.slack]\n${BOT}signing_secret = { env = "SIGN" }`,
      'config.missing_key',
      { where: 'chat.slack', keys: ['http_port'] },
    ],
    [
      `[chat.slack]\n${BOT}http_port = 3000`,
      'config.missing_key',
      { where: 'chat.slack', keys: ['signing_secret'] },
    ],
    [
      `[chat.slack]\n${SOCKET}channels = ["#renders"]`,
      'config.invalid_value',
      { where: 'chat.slack.channels[0]', given: '#renders', reason: 'channel_name' },
    ],
    [
      `[chat.slack]\n${SOCKET}quiet_channels = ["D0123456789"]`,
      'config.invalid_value',
      { where: 'chat.slack.quiet_channels[0]', given: 'D0123456789', reason: 'channel_id' },
    ],
    [
      `[chat.slack]\n${SOCKET}api_url = "slack.com/api"`,
      'config.invalid_value',
      { where: 'chat.slack.api_url', given: 'slack.com/api', reason: 'no_url' },
    ],
    [
      `[chat.slack]\n${SOCKET}api_url = "http://proxy.lan/api/"`,
      'config.invalid_value',
      { where: 'chat.slack.api_url', given: 'http://proxy.lan/api/', reason: 'not_encrypted' },
    ],
    [
      '[chat.slack]\nbot_token = "xoxb-1"\napp_token = { env = "APP" }',
      'config.secret_inline',
      { where: 'chat.slack.bot_token' },
    ],
    [
      '[chat.slack.studio]\nbot_token = "xoxb-1"\napp_token = { env = "APP" }',
      'config.secret_inline',
      { where: 'chat.slack.studio.bot_token' },
    ],
    [
      `[chat.slack.studio]\n${BOT}`,
      'config.missing_key',
      { where: 'chat.slack.studio', keys: ['app_token', 'signing_secret'] },
    ],
  ])('%s', (toml, code, parameters) => {
    const loaded = loadToml(toml);
    expect(problemsOf(loaded)).toEqual([{ code, parameters }]);
    expect(JSON.stringify(loaded)).not.toContain('xoxb-1');
  });

  it('a name of a workspace with capitals, and a key that one does not have', () => {
    expect(
      problemsOf(loadToml(`[chat.slack.Studio]\n${SOCKET}[chat.slack.lab]\n${SOCKET}chanels = []`)),
    ).toMatchObject([
      { code: 'config.invalid_name', parameters: { where: 'chat.slack.Studio', nearest: 'studio' } },
      { code: 'config.unknown_key', parameters: { where: 'chat.slack.lab.chanels', nearest: 'channels' } },
    ]);
  });

  it('a misspelt key of the one workspace, with the nearest right one', () => {
    expect(problemsOf(loadToml(`[chat.slack]\n${SOCKET}chanels = []`))).toMatchObject([
      { code: 'config.unknown_key', parameters: { where: 'chat.slack.chanels', nearest: 'channels' } },
    ]);
  });

  it('tells where the id of a channel is found', () => {
    const loaded = loadToml(`[chat.slack]\n${SOCKET}channels = ["#renders"]`);
    if (loaded.ok) throw new Error('accepted');
    expect(explain(loaded.problems[0]).sentence).toContain('copy the id at the end of "About"');
  });
});
