import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../../src/bot/cli/command-line.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function checked(toml: string) {
  const file = join(await temporaryDirectory(), 'cosmos.toml');
  await writeFile(file, toml);
  let out = '';
  let error = '';
  const code = await runCommandLine(['config', 'check', '--config', file], {
    out: { write: (text) => (out += text) },
    error: { write: (text) => (error += text) },
    settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
  });
  return { code, out, error };
}

const HOST = '[[hosts]]\nname = "here"\nmodels = ["preview"]\n';

it('says that nothing is wrong, beside the configuration and not in it', async () => {
  const { code, out, error } = await checked(HOST);

  expect(code).toBe(0);
  expect(error).toContain('Nothing is wrong with the configuration (1 host: here).');
  expect(error).toContain('host check here');
  expect(out).toContain('[[hosts]]');
  expect(out).not.toContain('Nothing is wrong');
});

it.each([
  [HOST.replace('[[hosts]]', '[hosts]'), 'Write [[hosts]] in place of [hosts]'],
  [
    '[chat.slack]\nbot_token = { env = "xoxb-1234567890-abcdef" }\napp_token = { env = "APP" }\n',
    'never the secret itself',
  ],
  [`${HOST}[[hosts.lanes]]\nname = "gpu0"\ngpus = [0]\n`, 'has 1 GPU, and the model takes none'],
])('says what mends it: %j', async (toml, words) => {
  const { code, error } = await checked(toml);

  expect(code).toBe(2);
  expect(error).toContain(words);
  expect(error).not.toContain('Nothing is wrong');
  expect(error).not.toContain('xoxb-');
});

it('says that a folder is no configuration', async () => {
  const folder = await temporaryDirectory();
  let error = '';
  const code = await runCommandLine(['config', 'check', '--config', folder], {
    out: { write: () => true },
    error: { write: (text) => (error += text) },
    settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
  });

  expect(code).toBe(2);
  expect(error).toContain('it is a folder');
  expect(error).toContain('Name the file in it.');
});
