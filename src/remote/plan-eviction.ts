import type { Sha256 } from '../core/ids.ts';
import type { AssetListing, CachedAsset } from './asset-listing.ts';

/** An attempt that was prepared for so long will not get its asset any more, ms. */
const LONGEST_HOLD_MS = 6 * 3600 * 1000;

/** An asset that is being brought. */
export interface Upload {
  readonly asset: Sha256;
  readonly bytes: number;
}

export interface RoomQuestion {
  readonly listing: AssetListing;
  readonly quotaBytes: number;
  /** All of this process, with the one that room is made for. */
  readonly uploads: readonly Upload[];
  /** Names that cannot be removed. */
  readonly stuck: ReadonlySet<string>;
}

export interface RoomPlan {
  /** Least recently used first. */
  readonly evict: readonly CachedAsset[];
  /** Names of holds that nobody uses any more. */
  readonly forget: readonly string[];
  /** By how much the quota will be exceeded, because what is there is in use. */
  readonly overBytes: number;
  /** What the disk lacks although everything goes that may go. */
  readonly lackingBytes: number;
}

/** Which assets go so that the uploads fit into the quota and onto the disk. One that an attempt has, or is about to get, stays. */
export function planEviction({ listing, quotaBytes, uploads, stuck }: RoomQuestion): RoomPlan {
  const coming = new Set(uploads.map(({ asset }) => asset));
  const stale = listing.holds.filter(({ usedAt }) => listing.now - usedAt > LONGEST_HOLD_MS);
  let overBytes = keptBytes(listing, coming) + sum(uploads) - quotaBytes;
  let lackingBytes = unwrittenBytes(listing, uploads) - listing.diskFreeBytes;
  const evict: CachedAsset[] = [];
  for (const asset of evictable(listing, coming, stale)) {
    if (overBytes <= 0 && lackingBytes <= 0) break;
    if (stuck.has(asset.name)) continue;
    evict.push(asset);
    overBytes -= asset.bytes;
    lackingBytes -= asset.bytes;
  }
  return {
    evict,
    forget: stale.map(({ name }) => name),
    overBytes: Math.max(0, overBytes),
    lackingBytes: Math.max(0, lackingBytes),
  };
}

/** Bytes of all that is there, each file once, whatever its names. */
export function usedBytes(listing: AssetListing): number {
  return keptBytes(listing, new Set());
}

/** Without what the uploads themselves have written or will replace. */
function keptBytes({ assets, holds, unfinished }: AssetListing, coming: ReadonlySet<Sha256>): number {
  const files = new Map([...assets, ...holds].map((file) => [file.inode, file]));
  for (const { name, inode } of assets) if (coming.has(name)) files.delete(inode);
  return sum([...files.values()]) + sum(unfinished.filter(({ asset }) => !coming.has(asset)));
}

function unwrittenBytes({ unfinished }: AssetListing, uploads: readonly Upload[]): number {
  const written = (asset: Sha256): number =>
    Math.max(0, ...unfinished.filter((file) => file.asset === asset).map(({ bytes }) => bytes));
  return sum(uploads.map(({ asset, bytes }) => ({ bytes: Math.max(0, bytes - written(asset)) })));
}

/** Assets whose only name is the one in the cache. */
function evictable(
  { assets }: AssetListing,
  coming: ReadonlySet<Sha256>,
  stale: readonly { readonly inode: string }[],
): readonly CachedAsset[] {
  const staleLinks = new Map<string, number>();
  for (const { inode } of stale) staleLinks.set(inode, (staleLinks.get(inode) ?? 0) + 1);
  return assets
    .filter(({ name, inode, links }) => !coming.has(name) && links - (staleLinks.get(inode) ?? 0) <= 1)
    .toSorted((a, b) => a.usedAt - b.usedAt || (a.name < b.name ? -1 : 1));
}

function sum(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
