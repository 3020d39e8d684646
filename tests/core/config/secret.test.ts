import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaProblems } from '../../../src/core/config/schema-problems.ts';
import { resolveSecret, type SecretSources, secretSchema } from '../../../src/core/config/secret.ts';
import { Secret } from '../../../src/core/ports/secret.ts';

const SECRET = 'hunter2';

/** A place where nothing is, but for what a test puts there. */
function sources(given: Partial<SecretSources>): SecretSources {
  return {
    environment: {},
    directory: '/etc/bot',
    readFile: (path) => {
      throw Object.assign(new Error(path), { code: 'ENOENT', syscall: 'open' });
    },
    ...given,
  };
}

describe('a secret', () => {
  it('is shown by nothing but its own method', () => {
    const secret = new Secret(SECRET);

    expect(secret.reveal()).toBe(SECRET);
    for (const shown of [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify({ ...secret }),
    ]) {
      expect(shown).not.toContain(SECRET);
    }
  });

  it('is read from a variable', () => {
    const found = resolveSecret({ env: 'TOKEN' }, sources({ environment: { TOKEN: SECRET } }));

    expect(found.ok && found.value.reveal()).toBe(SECRET);
  });

  it.each([
    ['secrets/token', '/etc/bot/secrets/token'],
    ['/run/token', '/run/token'],
  ])('is read from the file %s, without the line end', (file, path) => {
    const readFile = (asked: string) => (asked === path ? `${SECRET} \r\n` : '');
    const found = resolveSecret({ file }, sources({ readFile }));

    expect(found.ok && found.value.reveal()).toBe(`${SECRET} `);
  });

  it.each([
    ['the variable is not set', {}, { env: 'TOKEN' }, { variable: 'TOKEN' }],
    ['the variable is empty', { environment: { TOKEN: '' } }, { env: 'TOKEN' }, { variable: 'TOKEN' }],
    ['there is no such file', {}, { file: 'token' }, { file: '/etc/bot/token', detail: 'ENOENT' }],
    ['the file is empty', { readFile: () => '\n' }, { file: 'token' }, { file: '/etc/bot/token' }],
  ])('is missing where %s', (_, given, reference, parameters) => {
    expect(resolveSecret(reference, sources(given))).toEqual({
      ok: false,
      problems: [{ code: 'config.secret_missing', parameters }],
    });
  });
});

describe('a place for a secret', () => {
  const schema = z.strictObject({
    secret_environment: z.record(z.string().regex(/^[A-Z_]+$/), secretSchema.describe('A described one')),
  });

  function problems(value: unknown) {
    const input = { secret_environment: { HF_TOKEN: value } };
    const parsed = schema.safeParse(input);
    return parsed.success ? [] : schemaProblems(parsed.error, { schema, input, parameters: {} });
  }

  it.each([{ env: 'HF_TOKEN' }, { file: '../secrets/token' }])('takes %j', (reference) => {
    expect(problems(reference)).toEqual([]);
  });

  it('refuses a plain text, and does not repeat it', () => {
    expect(problems(SECRET)).toEqual([
      { code: 'config.secret_inline', parameters: { where: 'secret_environment.HF_TOKEN' } },
    ]);
  });

  it.each([
    [{ value: SECRET }],
    [{ env: SECRET }],
    [{ env: 'A', value: SECRET }],
    [{ env: 'A', file: SECRET }],
    [{ env: { name: SECRET } }],
    [{ file: '' }],
    [[SECRET]],
    [123456789],
    [true],
  ])('refuses %j as no reference, and does not repeat it', (value) => {
    const found = problems(value);

    expect(found).toMatchObject([
      {
        code: 'config.wrong_type',
        parameters: { where: 'secret_environment.HF_TOKEN', expected: ['secret'] },
      },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|123456789/);
  });

  it('has a name that is checked apart from the secret', () => {
    const input = { secret_environment: { 'hf token': { env: 'HF_TOKEN' } } };
    const error = schema.safeParse(input).error ?? new z.ZodError([]);

    expect(schemaProblems(error, { schema, input, parameters: {} })).toEqual([
      {
        code: 'config.invalid_name',
        parameters: { where: 'secret_environment."hf token"', given: '"hf token"', pattern: '^[A-Z_]+$' },
      },
    ]);
  });
});
