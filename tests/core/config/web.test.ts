import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { WebConfig } from '../../../src/core/config/config.ts';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import { linkSecrets } from '../../../src/core/config/link-secrets.ts';
import { resolveSecret } from '../../../src/core/config/secret.ts';
import { configOf, freshDirectory, loadToml, problemsOf } from './config-files.ts';

const SECRET = 'link_secret = { env = "LINKS" }\n';
const ADDRESS = 'public_url = "https://cosmos.example.com"\n';
const WEB = `[web]\nport = 8080\n${ADDRESS}${SECRET}`;

function webOf(toml: string): WebConfig | undefined {
  return configOf(loadToml(toml)).web;
}

describe('the web server', () => {
  it('needs a port, an address and a secret, and listens to this machine alone', () => {
    expect(webOf(WEB)).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'https://cosmos.example.com',
      linkSecret: { env: 'LINKS' },
      previousLinkSecrets: [],
      linkLifetimeMs: 7 * 24 * 3_600_000,
    });
  });

  it('is not there where its table is not', () => {
    expect(configOf(loadToml(''))).not.toHaveProperty('web');
  });

  it('takes another host, another lifetime, and former secrets', () => {
    const more = 'host = "::"\nlink_lifetime_hours = 1\nprevious_link_secrets = [{ file = "old" }]\n';
    expect(webOf(`${WEB}${more}`)).toMatchObject({
      host: '::',
      linkLifetimeMs: 3_600_000,
      previousLinkSecrets: [{ file: 'old' }],
    });
  });

  it.each([
    ['https://cosmos.example.com/', 'https://cosmos.example.com'],
    ['https://tools.example.com/cosmos/', 'https://tools.example.com/cosmos'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost', 'http://localhost'],
  ])('begins links with %s', (written, publicUrl) => {
    expect(webOf(WEB.replace('https://cosmos.example.com', written))?.publicUrl).toBe(publicUrl);
  });

  it('is printed with the places of its secrets, and loads again', () => {
    const config = configOf(loadToml(`${WEB}previous_link_secrets = [{ file = "old" }]\n`));
    const printed = effectiveConfig(config);
    expect(printed).toContain('env = "LINKS"');
    expect(printed).toContain('file = "old"');
    expect(configOf(loadToml(printed)).web).toEqual(config.web);
  });
});

describe('what is wrong with it', () => {
  it.each([
    ['[web]', 'config.missing_key', { where: 'web', keys: ['port'] }],
    [`[web]\nport = 8080\n${ADDRESS}`, 'config.missing_key', { where: 'web', keys: ['link_secret'] }],
    [`[web]\nport = 8080\n${SECRET}`, 'config.missing_key', { where: 'web', keys: ['public_url'] }],
    [WEB.replace('8080', '0'), 'config.out_of_range', { where: 'web.port', minimum: 1, maximum: 65_535 }],
    [`${WEB}link_lifetime_hours = 0`, 'config.out_of_range', { where: 'web.link_lifetime_hours' }],
    [`${WEB}link_lifetime_hours = 8761`, 'config.out_of_range', { where: 'web.link_lifetime_hours' }],
    [`${WEB}host = "http://0.0.0.0"`, 'config.invalid_value', { where: 'web.host', reason: 'no_host' }],
    [`${WEB}host = ""`, 'config.invalid_value', { where: 'web.host', reason: 'no_host' }],
    [`${WEB}prt = 1`, 'config.unknown_key', { where: 'web.prt', nearest: 'port' }],
    [WEB.replace('{ env = "LINKS" }', '"hush"'), 'config.secret_inline', { where: 'web.link_secret' }],
  ])('is told: %j', (toml, code, parameters) => {
    expect(problemsOf(loadToml(toml))).toContainEqual({
      code,
      parameters: expect.objectContaining(parameters),
    });
  });

  it.each([
    ['http://cosmos.example.com', 'not_encrypted'],
    ['http://127.0.0.1.example.com', 'not_encrypted'],
    ['ftp://cosmos.example.com', 'no_url'],
    ['cosmos.example.com', 'no_url'],
    ['https://cosmos.example.com/?a=b', 'no_url'],
    ['https://cosmos.example.com/#files', 'no_url'],
    ['https://user:word@cosmos.example.com', 'no_url'],
    ['https://cosmos.example.com/:run', 'web_path'],
    ['https://cosmos.example.com/a%20b', 'web_path'],
    ['https://cosmos.example.com//', 'web_path'],
  ])('is the address %s: %s', (url, reason) => {
    const [problem] = problemsOf(loadToml(WEB.replace('https://cosmos.example.com', url)));
    expect(problem).toMatchObject({
      code: 'config.invalid_value',
      parameters: { where: 'web.public_url', reason },
    });
    expect(problem && explain(problem).sentence).not.toContain(reason);
  });
});

describe('the secrets of links', () => {
  const long = 'x'.repeat(32);

  function secretsOf(environment: Readonly<Record<string, string>>, more = '') {
    const web = webOf(`${WEB}${more}`);
    if (web === undefined) throw new Error('no web');
    const directory = freshDirectory();
    const readFile = (path: string) => readFileSync(path, 'utf8');
    return {
      directory,
      look: () =>
        linkSecrets(web, (reference) => resolveSecret(reference, { environment, directory, readFile })),
    };
  }

  it('are the present one and those before it, from the environment and from files', async () => {
    const more = 'previous_link_secrets = [{ file = "old" }, { env = "OLDER" }]\n';
    const { directory, look } = secretsOf({ LINKS: long, OLDER: `${long}2` }, more);
    await writeFile(join(directory, 'old'), `${long}1\n`);
    const found = look();
    expect(found.ok && found.value.map((each) => each.reveal())).toEqual([long, `${long}1`, `${long}2`]);
  });

  it('have at least 32 characters, and are never told', () => {
    const { look } = secretsOf(
      { LINKS: 'short-and-secret', OLD: 'old-and-secret' },
      'previous_link_secrets = [{ env = "OLD" }]',
    );
    const problems = problemsOf(look());
    expect(problems.map(({ code, parameters }) => [code, parameters.where])).toEqual([
      ['config.out_of_range', 'web.link_secret'],
      ['config.out_of_range', 'web.previous_link_secrets[0]'],
    ]);
    expect(JSON.stringify(problems)).not.toContain('and-secret');
    const said = problems.map((problem) => explain(problem).sentence).join(' ');
    expect(said).toContain('at least 32 characters');
    expect(said).not.toMatch(/and-secret/);
  });

  it('are missed where they are not there', () => {
    const problems = problemsOf(secretsOf({}, 'previous_link_secrets = [{ file = "old" }]').look());
    expect(problems).toMatchObject([
      { code: 'config.secret_missing', parameters: { where: 'web.link_secret', variable: 'LINKS' } },
      {
        code: 'config.secret_missing',
        parameters: { where: 'web.previous_link_secrets[0]', detail: 'ENOENT' },
      },
    ]);
  });
});

describe('docs/web.md', () => {
  const page = readFileSync(new URL('../../../docs/web.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

  it.each(examples)('has an example that loads: %s', (toml) => {
    expect(problemsOf(loadToml(toml))).toEqual([]);
  });

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(1);
  });
});
