import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeLeftovers } from '../../../src/core/prompts/remove-leftovers.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

it('removes old files and folders, and leaves what may be in use', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'old-folder'));
  await writeFile(join(directory, 'old-folder', '0'), 'x');
  for (const name of ['old', 'young']) await writeFile(join(directory, name), 'x');
  for (const name of ['old', 'old-folder']) await utimes(join(directory, name), 1_000, 1_000);
  await removeLeftovers(directory, 2_000_000);
  expect(await readdir(directory)).toEqual(['young']);
});

it('has nothing to do where no file was ever copied in', async () => {
  await removeLeftovers(join(await temporaryDirectory(), 'none'), Date.now());
});
