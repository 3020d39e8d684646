import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFolder } from '../../../src/core/sequences/folder-source.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const LIMITS = { maxFiles: 10, maxFileBytes: 100, maxBytes: 1000 };

async function render(): Promise<{ readonly folder: string; readonly outside: string }> {
  const directory = await temporaryDirectory();
  const folder = join(directory, 'render');
  const outside = join(directory, 'render-secret');
  await mkdir(join(folder, 'depth'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(folder, '1.png'), 'one');
  await writeFile(join(outside, 'x.png'), 'secret');
  return { folder, outside };
}

describe('a folder of pictures', () => {
  it('gives what links within it lead to', async () => {
    const { folder } = await render();
    await symlink('../1.png', join(folder, 'depth', '1.png'));
    await symlink('1.png', join(folder, '2.png'));
    await symlink(join(folder, '2.png'), join(folder, '3.png'));
    await using source = await openFolder(folder, LIMITS);

    expect(source.paths).toEqual(['1.png', '2.png', '3.png', 'depth/1.png']);
    for (const path of source.paths) expect((await source.read(path)).toString()).toBe('one');
  });

  it('lists folders two deep, in the order of their names, as far as so many files are allowed', async () => {
    const { folder } = await render();
    await mkdir(join(folder, 'depth', 'more', 'deepest'), { recursive: true });
    await writeFile(join(folder, 'depth', 'more', 'deepest', 'x.png'), 'x');
    for (const name of ['b.png', 'a.png', 'c.png', 'depth/2.png', 'depth/10.png'])
      await writeFile(join(folder, name), name);

    const all = ['1.png', 'a.png', 'b.png', 'c.png', 'depth/10.png', 'depth/2.png', 'depth/more/deepest'];
    await using source = await openFolder(folder, { ...LIMITS, maxFiles: all.length });
    expect(source.paths).toEqual(all);
    expect((await source.read('depth/10.png')).toString()).toBe('depth/10.png');
    const maxFiles = all.length - 1;
    await expect(openFolder(folder, { ...LIMITS, maxFiles })).rejects.toMatchObject({
      code: 'input.sequence_too_large',
      parameters: { maxFiles },
    });
  });

  it('gives no file that is too large, and says which one and how large it may be', async () => {
    const { folder } = await render();
    await using source = await openFolder(folder, { ...LIMITS, maxFileBytes: 2 });
    await expect(source.read('1.png')).rejects.toMatchObject({
      code: 'input.file_too_large',
      parameters: { file: '1.png', maxBytes: 2 },
    });
  });

  it.each([
    ['beside it', '../render-secret/x.png'],
    ['far away', '/etc/hostname'],
    ['through another link', 'way'],
  ])('gives nothing that lies %s', async (_where, target) => {
    const { folder, outside } = await render();
    await symlink(join(outside, 'x.png'), join(folder, 'way'));
    await symlink(target, join(folder, 'color.png'));
    await using source = await openFolder(folder, LIMITS);

    await expect(source.read('color.png')).rejects.toMatchObject({
      code: 'input.link_outside',
      parameters: { file: 'color.png' },
    });
  });

  it('gives nothing of a folder that becomes a link once it was listed', async () => {
    const { folder, outside } = await render();
    await writeFile(join(folder, 'depth', 'x.png'), 'mine');
    await using source = await openFolder(folder, LIMITS);
    await rename(join(folder, 'depth'), join(folder, 'gone'));
    await symlink(outside, join(folder, 'depth'));

    await expect(source.read('depth/x.png')).rejects.toMatchObject({ code: 'input.link_outside' });
  });

  it('does not look into folders that are links', async () => {
    const { folder, outside } = await render();
    await symlink(outside, join(folder, 'color'));
    await using source = await openFolder(folder, LIMITS);

    expect(source.paths).toEqual(['1.png', 'color']);
    await expect(source.read('color')).rejects.toMatchObject({ code: 'input.link_outside' });
  });

  it('may be a link itself: whoever names it says so', async () => {
    const { folder } = await render();
    await symlink(folder, `${folder}-now`);
    await using source = await openFolder(`${folder}-now`, LIMITS);

    expect((await source.read('1.png')).toString()).toBe('one');
  });

  it('names a file that is missing, or whose link leads nowhere', async () => {
    const { folder } = await render();
    await symlink('nowhere.png', join(folder, '2.png'));
    await using source = await openFolder(folder, LIMITS);
    await unlink(join(folder, '1.png'));

    for (const file of ['1.png', '2.png'])
      await expect(source.read(file)).rejects.toMatchObject({
        code: 'input.file_missing',
        parameters: { file },
      });
  });
});
