import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import { missingChatSecrets } from '../../../src/core/config/missing-chat-secrets.ts';
import { resolveSecret } from '../../../src/core/config/secret.ts';
import { configOf, loadToml, problemsOf } from './config-files.ts';

const TABLE = '[chat.discord]\ntoken = { env = "DISCORD_TOKEN" }\n';
const GUILD = '1100000000000000001';
const CHANNEL = '1100000000000000002';
const SLACK = '[chat.slack]\nbot_token = { env = "BOT" }\napp_token = { env = "APP" }\n';

describe('the bot of Discord', () => {
  it('needs a token and nothing else', () => {
    expect(configOf(loadToml(TABLE)).chat).toEqual({
      terminal: false,
      slack: [],
      discord: {
        where: 'chat.discord',
        token: { env: 'DISCORD_TOKEN' },
        apiUrl: 'https://discord.com/api',
        guilds: [],
        channels: [],
        quietChannels: [],
      },
      quietChannels: [],
    });
  });

  it('is not there where its table is not', () => {
    expect(configOf(loadToml('')).chat).toEqual({ terminal: true, slack: [], quietChannels: [] });
  });

  it('takes guilds, each once, and channels', () => {
    const { chat } = configOf(
      loadToml(`${TABLE}guilds = ["${GUILD}", "${GUILD}"]\nchannels = ["${CHANNEL}"]\n`),
    );
    expect(chat.discord).toMatchObject({ guilds: [GUILD], channels: [CHANNEL] });
  });

  it('stands beside Slack and the terminal, and all share the quiet channels', () => {
    const { chat } = configOf(
      loadToml(
        `[chat.terminal]\n${SLACK}quiet_channels = ["C0123456789"]\n${TABLE}quiet_channels = ["${CHANNEL}"]\n`,
      ),
    );
    expect(chat.terminal).toBe(true);
    expect(chat.quietChannels).toEqual(['C0123456789', CHANNEL]);
  });

  it.each(['http://127.0.0.1:80/api', 'http://127.0.0.1:80/api/'])(
    'ends the address of the API without a slash: %s',
    (url) => {
      expect(configOf(loadToml(`${TABLE}api_url = "${url}"`)).chat.discord?.apiUrl).toBe(
        'http://127.0.0.1:80/api',
      );
    },
  );

  it('is printed with the place of its token, and loads again', () => {
    const config = configOf(loadToml(`${TABLE}guilds = ["${GUILD}"]\n`));
    const printed = effectiveConfig(config);
    expect(printed).toContain('env = "DISCORD_TOKEN"');
    expect(configOf(loadToml(printed)).chat).toEqual(config.chat);
  });

  it('tells its missing token with the place where it belongs', () => {
    const { chat } = configOf(loadToml(`${SLACK}${TABLE}`));
    const readFile = () => '';
    const environment = { BOT: 'xoxb', APP: 'xapp' };
    expect(
      missingChatSecrets(chat, (each) => resolveSecret(each, { environment, directory: '/', readFile })),
    ).toEqual([
      {
        code: 'config.secret_missing',
        parameters: { where: 'chat.discord.token', variable: 'DISCORD_TOKEN' },
      },
    ]);
  });

  it('is not brought by a variable, which could not bring its token', () => {
    const loaded = loadToml('', { COSMOS_BOT_CHAT_DISCORD_API_URL: 'http://127.0.0.1/api' });
    expect(problemsOf(loaded)).toMatchObject([{ code: 'config.unknown_variable' }]);
  });
});

describe('what is refused', () => {
  it.each([
    ['[chat.discord]', 'config.missing_key', { where: 'chat.discord', keys: ['token'] }],
    ['[chat.discord]\ntoken = "hunter2"', 'config.secret_inline', { where: 'chat.discord.token' }],
    [
      `${TABLE}guilds = ["studio"]`,
      'config.invalid_value',
      { where: 'chat.discord.guilds[0]', given: 'studio', reason: 'no_snowflake' },
    ],
    [
      `${TABLE}channels = ["#renders"]`,
      'config.invalid_value',
      { where: 'chat.discord.channels[0]', given: '#renders', reason: 'no_snowflake' },
    ],
    [
      `${TABLE}quiet_channels = ["1234567890123456"]`,
      'config.invalid_value',
      { where: 'chat.discord.quiet_channels[0]', given: '1234567890123456', reason: 'no_snowflake' },
    ],
    [
      `${TABLE}api_url = "http://proxy.lan/api"`,
      'config.invalid_value',
      { where: 'chat.discord.api_url', given: 'http://proxy.lan/api', reason: 'not_encrypted' },
    ],
    [
      `${TABLE}api_url = "https://discord.com/api/v10"`,
      'config.invalid_value',
      { where: 'chat.discord.api_url', given: 'https://discord.com/api/v10', reason: 'api_version' },
    ],
    [
      `${TABLE}guild = ["${GUILD}"]`,
      'config.unknown_key',
      {
        where: 'chat.discord.guild',
        nearest: 'guilds',
        known: ['token', 'api_url', 'guilds', 'channels', 'quiet_channels'],
      },
    ],
  ])('%s', (toml, code, parameters) => {
    const loaded = loadToml(toml);
    expect(problemsOf(loaded)).toMatchObject([{ code, parameters }]);
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });

  it('an id without quotes: a number has not enough digits for it', () => {
    expect(problemsOf(loadToml(`${TABLE}guilds = [110000000000001]`))).toMatchObject([
      { code: 'config.wrong_type', parameters: { where: 'chat.discord.guilds[0]' } },
    ]);
  });

  it('tells where an id is found', () => {
    const loaded = loadToml(`${TABLE}guilds = ["studio"]`);
    if (loaded.ok) throw new Error('accepted');
    expect(explain(loaded.problems[0]).sentence).toContain('"Copy ID"');
  });
});

describe('docs/discord.md', () => {
  const page = readFileSync(new URL('../../../docs/discord.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

  it.each(examples)('has an example that loads: %s', (toml) => {
    expect(problemsOf(loadToml(toml))).toEqual([]);
  });

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(2);
  });
});
