import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCosmos } from '../support/run-cosmos.ts';
import { makeClip } from '../support/sample-clips.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const SECRET = 'hf_3c41d0a7b5';
/** The preview, which says what it was given and then goes on as ever. */
const CONFIG = `
[models.preview.command]
argv = ["sh", "-c", 'echo "the token is $HF_TOKEN"; exec "$@"', "sh", "{tool}", "render-controls", "--spec", "{spec}", "--out", "{output}"]
[models.preview.command.secret_environment]
HF_TOKEN = { file = "token" }
`;

/** Files below a directory that hold the secret. */
async function filesWithSecret(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => await readFile(file, 'latin1')));
  return files.filter((_, index) => contents[index]?.includes(SECRET));
}

it('the secret of a model is asked for before its run waits, reaches it, and is shown nowhere', async () => {
  const directory = await temporaryDirectory();
  const cosmos = (...words: string[]) => runCosmos(words, { directory });
  await makeClip(join(directory, 'clip.mp4'), { frames: 3 });
  await writeFile(join(directory, 'cosmos.toml'), CONFIG);
  const { id } = JSON.parse((await cosmos('create', 'prompt', 'Rain', 'clip.mp4', '--json')).out);

  const check = await cosmos('config', 'check');
  expect(check).toMatchObject({ code: 2, error: expect.stringContaining('secret_environment.HF_TOKEN') });
  const refused = await cosmos('inference', id);
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('HF_TOKEN') });
  expect(refused.error).not.toContain(join(directory, 'token'));

  await writeFile(join(directory, 'token'), `${SECRET}\n`);
  expect((await cosmos('config', 'check')).code).toBe(0);
  const shown = await cosmos('inference', id, '--dry-run');
  const asJson = await cosmos('inference', id, '--dry-run', '--json');
  expect(shown.out).toContain('HF_TOKEN=[hidden]');
  expect(JSON.parse(asJson.out)).toMatchObject({ secretEnvironment: { HF_TOKEN: '[hidden]' } });

  const done = await cosmos('inference', id, '--wait', '--json');
  expect(done.code).toBe(0);
  const run = JSON.parse(done.out);
  const log = await cosmos('logs', run.id);
  expect(log.out).toContain(`the token is ${'*'.repeat(SECRET.length)}`);
  const said = [check, refused, shown, asJson, done, log].map(({ out, error }) => out + error).join('');
  expect(said).not.toContain(SECRET);
  expect(await filesWithSecret(directory)).toEqual([join(directory, 'token')]);
});
