import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../src/core/ids.ts';
import type { AssetListing, CachedAsset } from '../../src/remote/asset-listing.ts';
import { planEviction, type RoomQuestion, usedBytes } from '../../src/remote/plan-eviction.ts';

const NOW = 1_760_000_000_000;
const HOUR = 3600 * 1000;
const sha = (letter: string): Sha256 => letter.repeat(64) as Sha256;

function asset(letter: string, facts: Partial<CachedAsset> = {}): CachedAsset {
  return { name: sha(letter), inode: letter, links: 1, bytes: 10, usedAt: NOW - HOUR, ...facts };
}

function hold(letter: string, usedAt: number) {
  return { name: `.${sha(letter)}.0a.hold`, inode: letter, links: 2, bytes: 10, usedAt };
}

function listing(facts: Partial<AssetListing> = {}): AssetListing {
  return { now: NOW, diskFreeBytes: 1e9, assets: [], holds: [], unfinished: [], ...facts };
}

function plan(question: Partial<RoomQuestion>) {
  return planEviction({
    listing: listing(),
    quotaBytes: 100,
    uploads: [{ asset: sha('f'), bytes: 10 }],
    stuck: new Set(),
    ...question,
  });
}

const letters = (assets: readonly CachedAsset[]): string => assets.map(({ inode }) => inode).join('');

describe('room for an upload', () => {
  const assets = [
    asset('a', { usedAt: NOW - 2 }),
    asset('b', { usedAt: NOW - 3 }),
    asset('c', { usedAt: NOW - 1 }),
  ];

  it('is there as long as quota and disk hold it to the last byte', () => {
    const exact = plan({ listing: listing({ assets, diskFreeBytes: 10 }), quotaBytes: 40 });
    expect(exact).toEqual({ evict: [], forget: [], overBytes: 0, lackingBytes: 0 });
  });

  it('is made in the order of use, one byte over the quota', () => {
    expect(letters(plan({ listing: listing({ assets }), quotaBytes: 39 }).evict)).toBe('b');
    expect(letters(plan({ listing: listing({ assets }), quotaBytes: 29 }).evict)).toBe('ba');
  });

  it('is made in an order of its own where the times of use are the same', () => {
    const same = [asset('c'), asset('a'), asset('b')];
    expect(letters(plan({ listing: listing({ assets: same }), quotaBytes: 29 }).evict)).toBe('ab');
  });

  it('is made on a full disk although the quota has some', () => {
    expect(letters(plan({ listing: listing({ assets, diskFreeBytes: 9 }) }).evict)).toBe('b');
    const full = plan({
      listing: listing({ assets, diskFreeBytes: 0 }),
      uploads: [{ asset: sha('f'), bytes: 31 }],
    });
    expect(full.lackingBytes).toBe(1);
  });

  it('is not made of what has another name, nor of what cannot be removed', () => {
    const linked = [
      asset('a', { links: 2, usedAt: 1 }),
      asset('b', { usedAt: 2 }),
      asset('c', { usedAt: 3 }),
    ];
    const question = { listing: listing({ assets: linked }), quotaBytes: 25 };
    expect(plan({ ...question, stuck: new Set([sha('b')]) })).toMatchObject({
      evict: [{ inode: 'c' }],
      overBytes: 5,
    });
  });

  it('takes a hold that is hours old for one that nobody uses any more', () => {
    const held = [asset('a', { links: 2 }), asset('b', { links: 2 })];
    const holds = [hold('a', NOW - 6 * HOUR - 1), hold('b', NOW - 6 * HOUR)];
    const made = plan({ listing: listing({ assets: held, holds }), quotaBytes: 10 });
    expect(letters(made.evict)).toBe('a');
    expect(made.forget).toEqual([`.${sha('a')}.0a.hold`]);
  });

  it('counts what other uploads of this bot will need, and what they have written already only once', () => {
    const unfinished = [
      { asset: sha('e'), bytes: 4 },
      { asset: sha('d'), bytes: 3 },
    ];
    const uploads = [
      { asset: sha('e'), bytes: 10 },
      { asset: sha('f'), bytes: 10 },
    ];
    const question = { listing: listing({ assets, unfinished, diskFreeBytes: 16 }), uploads };
    expect(plan({ ...question, quotaBytes: 53 }).evict).toEqual([]);
    expect(letters(plan({ ...question, quotaBytes: 52 }).evict)).toBe('b');
    const less = { ...question.listing, diskFreeBytes: 15 };
    expect(letters(plan({ ...question, listing: less }).evict)).toBe('b');
  });

  it('does not count the file that is replaced, and leaves it for that', () => {
    const uploads = [{ asset: sha('a'), bytes: 10 }];
    expect(plan({ listing: listing({ assets }), uploads, quotaBytes: 30 }).evict).toEqual([]);
    expect(letters(plan({ listing: listing({ assets }), uploads, quotaBytes: 10 }).evict)).toBe('bc');
  });

  it('counts a file once, whatever its names', () => {
    expect(usedBytes(listing({ assets: [asset('a', { links: 2 })], holds: [hold('a', NOW)] }))).toBe(10);
    expect(usedBytes(listing({ holds: [hold('a', NOW)], unfinished: [{ asset: sha('b'), bytes: 3 }] }))).toBe(
      13,
    );
  });

  it('is always made of the least recently used that may go, and of no more than needed', () => {
    const anyAsset = fc.record({
      bytes: fc.integer({ min: 1, max: 50 }),
      links: fc.integer({ min: 1, max: 2 }),
      usedAt: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyAsset, { maxLength: 10 }),
        fc.integer({ min: 50, max: 300 }),
        fc.integer({ min: 0, max: 50 }),
        (facts, quotaBytes, bytes) => {
          const all = facts.map((each, index) => asset('abcdef0123'.charAt(index), each));
          const uploads = [{ asset: 'x'.repeat(64) as Sha256, bytes }];
          const { evict, overBytes } = plan({ listing: listing({ assets: all }), quotaBytes, uploads });
          const gone = new Set(evict);
          const left = all.filter((each) => !gone.has(each));
          const free = left.filter(({ links }) => links === 1);
          expect(evict.every(({ links }) => links === 1)).toBe(true);
          for (const each of free)
            for (const one of evict) expect(each.usedAt).toBeGreaterThanOrEqual(one.usedAt);
          const total = left.reduce((sum, each) => sum + each.bytes, bytes);
          expect(overBytes).toBe(Math.max(0, total - quotaBytes));
          if (overBytes > 0) expect(free).toEqual([]);
          const last = evict.at(-1);
          if (last !== undefined) expect(total + last.bytes).toBeGreaterThan(quotaBytes);
        },
      ),
    );
  });
});
