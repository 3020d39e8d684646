import { describe, expect, it } from 'vitest';
import { parseAssetListing } from '../../src/remote/asset-listing.ts';

const A = 'a'.repeat(64);

describe('a listing of assets', () => {
  it('tells assets, holds, unfinished uploads and foreign names apart', () => {
    const lines = [
      'now 1760000000',
      'disk 2048',
      `file 11 2 100 1759999999.250000000 ./${A}`,
      `file 11 2 100 1759999999.250000000 ./.${A}.jb_5d8r2k1m-a1.hold`,
      `file 12 1 40 1759999998 ./.${A}.0a1b2c`,
      'file 13 1 7 1759999998 ./notes with spaces.txt',
      `file 14 1 7 1759999998 ./${A.toUpperCase()}`,
      'end\n',
    ];
    expect(parseAssetListing(lines.join('\n'))).toEqual({
      now: 1_760_000_000_000,
      diskFreeBytes: 2 * 1024 * 1024,
      assets: [{ name: A, inode: '11', links: 2, bytes: 100, usedAt: 1_759_999_999_250 }],
      holds: [
        { name: `.${A}.jb_5d8r2k1m-a1.hold`, inode: '11', links: 2, bytes: 100, usedAt: 1_759_999_999_250 },
      ],
      unfinished: [{ asset: A, bytes: 40 }],
    });
  });

  it.each([
    ['was cut off', 'now 1\ndisk 1\n'],
    ['has no clock', 'disk 1\nend\n'],
    ['has no free space', 'now 1\ndisk \nend\n'],
    ['is empty', ''],
  ])('is nothing where it %s', (_, text) => {
    expect(parseAssetListing(text)).toBeUndefined();
  });
});
