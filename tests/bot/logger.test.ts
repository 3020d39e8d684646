import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogger } from '../../src/bot/logger.ts';
import { CosmosError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SECRET = 'xoxb-7391-not-for-anybody';

/** What the log holds after `write`. */
async function logged(write: (logger: ReturnType<typeof openLogger>) => void): Promise<string> {
  const file = join(await temporaryDirectory(), 'logs', 'cosmos.log');
  write(openLogger('trace', file));
  return await readFile(file, 'utf8');
}

describe('the log', () => {
  it('is JSON lines with the ids that were given', async () => {
    const text = await logged((logger) => logger.info({ run: 'rs_1', attempt: 'jb_1-a1' }, 'run ended'));
    expect(JSON.parse(text)).toMatchObject({ run: 'rs_1', attempt: 'jb_1-a1', msg: 'run ended' });
  });

  it('keeps the cause of an error', async () => {
    const error = new CosmosError('transfer.failed', { host: 'gpu1' }, { cause: new Error('ECONNRESET') });
    const text = await logged((logger) => logger.error({ err: error }, 'step failed'));
    expect(text).toContain('transfer.failed');
    expect(text).toContain('ECONNRESET');
  });

  it.each([
    ['a field of a secret name', { token: SECRET }],
    ['a field below', { chat: { token: SECRET } }],
    ['a field two below', { config: { chat: { token: SECRET } } }],
    ['a header', { headers: { authorization: `Bearer ${SECRET}` } }],
    ['a cookie', { request: { headers: { cookie: SECRET } } }],
    ['a passphrase', { host: { passphrase: SECRET } }],
    ['a private key', { privateKey: SECRET }],
    ['a resolved secret under any name', { anything: new Secret(SECRET) }],
    ['a resolved secret deep within', { a: { b: { c: { d: new Secret(SECRET) } } } }],
    ['a resolved secret in a list', { list: [new Secret(SECRET)] }],
  ])('does not hold %s', async (_what, fields) => {
    const text = await logged((logger) => logger.info(fields, 'request'));
    expect(text).toContain('request');
    expect(text).not.toContain(SECRET);
  });

  it('does not hold a secret that was put into a text with others', async () => {
    const text = await logged((logger) => logger.info(`connecting with ${new Secret(SECRET)}`));
    expect(text).not.toContain(SECRET);
  });
});
