import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRegularFile } from '../../../src/core/media/open-regular-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

it.each([
  ['a missing file', 'missing', 'input.file_missing'],
  ['a name below a file', 'full/below', 'input.file_missing'],
  ['a name that is too long', 'x'.repeat(300), 'input.file_missing'],
  ['a name with NUL', 'a\0b', 'input.file_missing'],
  ['a link to itself', 'loop', 'input.file_missing'],
  ['a folder', 'folder', 'input.file_not_regular'],
  ['an empty file', 'empty', 'input.file_empty'],
  ['a file above the limit', 'full', 'input.file_too_large'],
])('refuses %s, and leaves nothing open', async (_what, name, code) => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'full'), '12345');
  await writeFile(join(directory, 'empty'), '');
  await mkdir(join(directory, 'folder'));
  await symlink('loop', join(directory, 'loop'));
  const before = await readdir('/dev/fd');
  for (let tries = 0; tries < 20; tries++) {
    await expect(openRegularFile(join(directory, name), 4)).rejects.toMatchObject({ code });
  }
  expect((await readdir('/dev/fd')).length).toBeLessThan(before.length + 10);
});

it('refuses a device', async () => {
  await expect(openRegularFile('/dev/zero', 4)).rejects.toMatchObject({ code: 'input.file_not_regular' });
});

it('opens a file of just the allowed size, through a link too', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'full'), '12345');
  await symlink('full', join(directory, 'link'));
  await using file = await openRegularFile(join(directory, 'link'), 5);
  expect(await file.readFile('utf8')).toBe('12345');
});
