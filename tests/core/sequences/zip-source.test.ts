import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isZip, openZip } from '../../../src/core/sequences/zip-source.ts';
import { makeZip, type ZipEntry } from '../../support/make-zip.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const LIMITS = { maxFiles: 3, maxFileBytes: 10_000, maxBytes: 15_000 };

let directory: string;
let count = 0;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

async function zip(entries: Record<string, ZipEntry | Buffer | string>): Promise<string> {
  count += 1;
  return await makeZip(join(directory, `${count}.zip`), entries);
}

describe('an archive', () => {
  it('gives its files one at a time, folders left out', async () => {
    await using source = await openZip(
      await zip({ 'a/': '', 'a/one.png': 'first', 'two.png': 'second' }),
      LIMITS,
    );

    expect(source.paths).toEqual(['a/one.png', 'two.png']);
    expect(String(await source.read('two.png'))).toBe('second');
    expect(String(await source.read('a/one.png'))).toBe('first');
  });

  it.each([
    '../color.0001.png',
    '/etc/color.0001.png',
    'a/../../color.0001.png',
    'C:/color.0001.png',
    'a\\color.png',
  ])('with a file called %s is not opened', async (name) => {
    await expect(openZip(await zip({ [name]: 'x' }), LIMITS)).rejects.toMatchObject({
      code: 'input.archive_unsafe',
      parameters: { name },
    });
  });

  it('with too many files, too large ones, or too much of all is not opened, and nothing of it is unpacked', async () => {
    const many = { 'a.png': 'x', 'b.png': 'x', 'c.png': 'x', 'd.png': 'x' };
    await expect(openZip(await zip(many), LIMITS)).rejects.toMatchObject({
      code: 'input.sequence_too_large',
      parameters: { files: 4, maxFiles: 3 },
    });
    const large = Buffer.alloc(10_001);
    await expect(openZip(await zip({ 'a.png': large }), LIMITS)).rejects.toMatchObject({
      code: 'input.file_too_large',
      parameters: { file: 'a.png', bytes: 10_001, maxBytes: 10_000 },
    });
    const half = Buffer.alloc(8_000);
    await expect(openZip(await zip({ 'a.png': half, 'b.png': half }), LIMITS)).rejects.toMatchObject({
      code: 'input.sequence_too_large',
      parameters: { maxBytes: 15_000 },
    });
  });

  it('with a file that is larger than it claims gives no more of it than that', async () => {
    const path = await zip({ 'bomb.png': { content: Buffer.alloc(5_000_000), claims: { bytes: 100 } } });
    await using source = await openZip(path, LIMITS);

    await expect(source.read('bomb.png')).rejects.toMatchObject({
      code: 'input.archive_broken',
      parameters: { file: 'bomb.png' },
    });
  });

  it('with a damaged file says which', async () => {
    await using source = await openZip(await zip({ 'a.png': { content: 'x', claims: { crc: 1 } } }), LIMITS);

    await expect(source.read('a.png')).rejects.toMatchObject({
      code: 'input.archive_broken',
      parameters: { file: 'a.png', detail: 'its checksum is wrong' },
    });
  });

  it('with a name that no file has is not opened, and the name is not said whole', async () => {
    const name = `${'a'.repeat(5_000)}.png`;
    const refusal = openZip(await zip({ [name]: 'x' }), LIMITS);
    await expect(refusal).rejects.toMatchObject({
      code: 'input.archive_broken',
      parameters: { file: expect.stringMatching(/^a{79}…a+\.png$/), detail: 'its name is too long' },
    });
  });

  it('with a password is not opened', async () => {
    await expect(
      openZip(await zip({ 'a.png': { content: 'x', isEncrypted: true } }), LIMITS),
    ).rejects.toMatchObject({ code: 'input.archive_broken', parameters: { detail: 'it is encrypted' } });
  });

  it('that is gone is not called broken, and its place is not told', async () => {
    await expect(openZip(join(directory, 'gone.zip'), LIMITS)).rejects.toMatchObject({
      code: 'input.file_missing',
      parameters: { file: 'gone.zip' },
    });
  });

  it('that breaks off is not opened', async () => {
    const path = join(directory, 'cut.zip');
    await writeFile(path, 'PK\x03\x04 and then nothing');

    expect(await isZip(path)).toBe(true);
    await expect(openZip(path, LIMITS)).rejects.toMatchObject({ code: 'input.archive_broken' });
  });
});

it('Only a regular file that begins like an archive is one', async () => {
  expect(await isZip(await zip({}))).toBe(true);
  await writeFile(join(directory, 'video.zip'), 'ftyp');
  expect(await isZip(join(directory, 'video.zip'))).toBe(false);
  expect(await isZip(join(directory, 'nothing.zip'))).toBe(false);
  expect(await isZip(directory)).toBe(false);
  expect(await isZip('/dev/zero')).toBe(false);
});
