import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureDirectory } from '../../src/core/ensure-directory.ts';
import { openDatabase } from '../../src/core/store/database.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a directory', () => {
  it('is made with its parents, and may be there already', async () => {
    const path = join(await temporaryDirectory(), 'a', 'b', 'c');
    ensureDirectory(path);
    ensureDirectory(path);
    expect(existsSync(path)).toBe(true);
  });

  it('is refused where a file holds the name, or a part of it', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'file'), '');
    expect(() => ensureDirectory(join(directory, 'file'))).toThrow('EEXIST');
    expect(() => ensureDirectory(join(directory, 'file', 'below'))).toThrow('ENOTDIR');
  });

  it.skipIf(!existsSync('/proc/self'))(
    'is refused, and not tried for ever, where the system makes none',
    () => {
      expect(() => ensureDirectory('/proc/cosmos/data')).toThrow('ENOENT');
      expect(() => openDatabase('/proc/cosmos/cosmos.db')).toThrow('store.read_only');
    },
  );
});
