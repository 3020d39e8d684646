import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import { withoutSecretParameters, withoutSecrets } from '../../../src/core/config/without-secrets.ts';
import { loadToml } from './config-files.ts';

// Put together here, so that nobody takes them for real ones.
const SLACK = ['xoxb', '123456789012', 'abcdefGHIJKL'].join('-');
const DISCORD = ['MTIzNDU2Nzg5MDEyMzQ1Njc4', 'GhIjKl', 'abcDEF0123456789abcdefghijklmnopqrstuv'].join('.');
const HEX = '8f742231b10e8888abcd99yyyzzz85a5'.replaceAll(/[yz]/g, '0');
const HUB = ['hf', 'aBcDeFgHiJkLmNoPqRsT'].join('_');

const CLOUD = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');

const HOST = '[[hosts]]\nname = "here"\nmodels = ["preview"]';
const WEB = '[web]\nport = 1\npublic_url = "https://a.example"';
const PLACES: readonly ((token: string) => string)[] = [
  (token) => `data_dir = 3\n${token.replaceAll('.', '_')} = 1`,
  (token) => `[chat.slack]\nbot_token = "${token}"`,
  (token) => `[chat.slack]\nbot_token = { env = "${token}" }`,
  (token) => `[chat.slack]\ntoken = "${token}"`,
  (token) => `[chat]\nslack = "${token}"`,
  (token) => `[chat]\ndiscord = "${token}"`,
  (token) => `[chat.slack."${token}"]\nzebra = 1`,
  (token) => `[chat.discord]\ntoken = { env = "T" }\nguilds = ["${token}"]`,
  (token) => `[chat.discord]\ntoken = { env = "T" }\napi_url = "${token}"`,
  (token) => `[chat.discord]\ntoken = { env = "T" }\napi_url = "http://user:${token}@chat.example"`,
  (token) => `[log]\nlevel = "${token}"`,
  (token) => `[limits]\nmax_pixels = "${token}"`,
  (token) => `${WEB}\nlink_secret = "${token}"`,
  (token) => `${WEB}\nlink_secret = { env = "S" }\nprevious_link_secrets = "${token}"`,
  (token) => `${WEB}\nlink_secret = { env = "S" }\nprevious_link_secrets = ["${token}"]`,
  (token) => `[[hosts]]\nname = "${token}"\nmodels = ["preview"]`,
  (token) => `[[hosts]]\nname = "here"\nmodels = ["${token}", "${token}", "Not one"]`,
  (token) => `${HOST}\ntransport = "${token}"`,
  (token) => `data_dir = "${token}`,
];

describe('what is said of a configuration', () => {
  it.each([
    ['of Slack', SLACK],
    ['of Discord', DISCORD],
    ['in hexadecimal', HEX],
    ['of a model hub', HUB],
    ['of a cloud, in capitals alone', CLOUD],
  ])('never holds a token %s, wherever somebody wrote it', (_, token) => {
    for (const place of PLACES) {
      const loaded = loadToml(place(token));
      const said = loaded.ok ? [] : [loaded.problems, loaded.problems.map(explain)];
      const words = token.split(/[.]/).filter((word) => word.length >= 20);
      for (const word of [token, ...words]) {
        expect(JSON.stringify(said).toLowerCase()).not.toContain(word.toLowerCase());
      }
    }
  });

  it('does not hold a password that looks like a word, where a secret belongs', () => {
    const toml = `${WEB}\nlink_secret = "hunter2"\nprevious_link_secrets = "hunter2"`;

    expect(JSON.stringify(loadToml(toml))).not.toContain('hunter2');
    expect(JSON.stringify(loadToml('[chat]\ndiscord = "hunter2"'))).not.toContain('hunter2');
  });
});

describe('withoutSecrets', () => {
  it.each([
    'here',
    '/srv/cosmos/data/project-2026-with-a-long-name',
    'GPU-8a2f1c3d-0b1c-4d5e-8f90-123456789abc',
    'wan2-1-fun-control-14b-inpaint',
    'max_runs_per_request',
    'https://cosmos.example.com/api',
    'task-6 of sk-1',
    'NVIDIA-H100-80GB-HBM3',
  ])('leaves %j as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it('hides what somebody is let in with, and leaves the rest of the address', () => {
    expect(withoutSecrets('https://me:hunter2@host.example/x')).toBe('https://[hidden]@host.example/x');
  });

  it.each([
    ['letters and digits', `aB3${'x'.repeat(17)}`],
    ['hexadecimal digits', `0${'a'.repeat(19)}`],
  ])('hides %s from 20 characters on, and none without a digit', (_what, word) => {
    expect(withoutSecrets(`is ${word}, says`)).toBe('is [hidden], says');
    expect(withoutSecrets(word.slice(0, -1))).toBe(word.slice(0, -1));
    expect(withoutSecrets(word.replaceAll(/\d/g, 'b'))).toBe(word.replaceAll(/\d/g, 'b'));
  });

  it('hides it in each text of a problem, but not in the names that it gives', () => {
    const parameters = { given: SLACK, count: 3, file: `${HEX}.toml`, variable: HUB, pattern: HEX };
    expect(withoutSecretParameters({ code: 'config.invalid_value', parameters })).toEqual({
      code: 'config.invalid_value',
      parameters: { ...parameters, given: '[hidden]' },
    });
  });

  it('leaves no token in a text, wherever it stands, and changes nothing a second time', () => {
    const around = fc.stringMatching(/^[a-z .,:'"/\n]{0,8}[ "'\n]$/);
    fc.assert(
      fc.property(around, fc.constantFrom(SLACK, HEX, HUB), around, (before, token, after) => {
        const hidden = withoutSecrets(`${before}${token}${after.split('').toReversed().join('')}`);
        expect(hidden).not.toContain(token);
        expect(hidden).toContain('[hidden]');
        expect(withoutSecrets(hidden)).toBe(hidden);
      }),
    );
  });

  it('changes nothing of any text a second time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(SLACK, DISCORD, HEX)), (text) => {
        expect(withoutSecrets(withoutSecrets(text))).toBe(withoutSecrets(text));
      }),
    );
  });
});
