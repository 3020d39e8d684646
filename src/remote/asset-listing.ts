import { CosmosError } from '../core/errors.ts';
import type { Sha256 } from '../core/ids.ts';
import type { Transport } from './transport/transport.ts';

/** A finished asset `<sha256>`. */
export interface CachedAsset {
  readonly name: Sha256;
  readonly inode: string;
  /** Names of the file, wherever they are. */
  readonly links: number;
  readonly bytes: number;
  /** When it was brought, given to an attempt or taken from one last, by the host's clock, ms. */
  readonly usedAt: number;
}

/** A second name of an asset that an attempt is about to get: `.<sha256>.<attempt>.hold`. */
export interface HoldEntry extends Omit<CachedAsset, 'name'> {
  readonly name: string;
}

/** What an upload has written so far: `.<sha256>.…`. */
export interface UnfinishedAsset {
  readonly asset: Sha256;
  readonly bytes: number;
}

/** The bot's own files in `assets/` at one moment. Links, directories and foreign names are left out. */
export interface AssetListing {
  /** The host's own clock, ms. */
  readonly now: number;
  readonly diskFreeBytes: number;
  readonly assets: readonly CachedAsset[];
  readonly holds: readonly HoldEntry[];
  readonly unfinished: readonly UnfinishedAsset[];
}

/**
 * Parameter: the directory. The time of use is that of the last change of the file's own record, which every link
 * that is made or removed changes: a copy or a look at the content, such as a backup's, does not. A name with a line
 * break, which is nobody's of ours, would look like two.
 */
const LISTING_SCRIPT = `LC_ALL=C
export LC_ALL
for tool in date df find stat; do
  command -v "$tool" >/dev/null || { echo "missing $tool"; exit 9; }
done
cd -- "$1" || exit 1
echo "now $(date +%s)"
echo "disk $(df -Pk . | tail -n 1 | sed 's/.* \\([0-9][0-9]*\\)  *-*[0-9]*% .*/\\1/')"
find . ! -name . -prune -type f ! -name '*
*' -exec stat -c 'file %i %h %s %.9Z %n' -- {} +
echo end
`;
const MISSING_TOOL = 9;
const DEADLINE_MS = 60_000;
/** A few hundred thousand files. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const KIB = 1024;

const FILE = /^file (\d+) (\d+) (\d+) (\d+(?:\.\d+)?) \.\/(.+)$/;
const ASSET = /^[0-9a-f]{64}$/;
const HOLD = /^\.[0-9a-f]{64}\.[A-Za-z0-9_-]+\.hold$/;
const UNFINISHED = /^\.([0-9a-f]{64})\./;

/** Lists the assets with one command, however many there are. Throws `engine.host_unsupported`, `engine.command_failed`. */
export async function listAssets(
  transport: Transport,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<AssetListing> {
  const options = { deadlineMs: DEADLINE_MS, maxOutputBytes: MAX_OUTPUT_BYTES, signal };
  const { stdout, exitCode, truncated } = await transport.runScript(LISTING_SCRIPT, [directory], options);
  if (exitCode === MISSING_TOOL) {
    throw new CosmosError('engine.host_unsupported', { missing: [stdout.trim().replace(/^missing /, '')] });
  }
  const listing = truncated ? undefined : parseAssetListing(stdout);
  if (listing === undefined) throw new CosmosError('engine.command_failed', { command: 'assets', exitCode });
  return listing;
}

/** Reads what the script prints; `undefined` where that is not whole. */
export function parseAssetListing(text: string): AssetListing | undefined {
  const now = /^now (\d+)$/m.exec(text)?.[1];
  const disk = /^disk (\d+)$/m.exec(text)?.[1];
  if (now === undefined || disk === undefined || !text.endsWith('\nend\n')) return undefined;
  const files = text.split('\n').flatMap(parseFile);
  return {
    now: Number(now) * 1000,
    diskFreeBytes: Number(disk) * KIB,
    assets: files.flatMap((file) => (ASSET.test(file.name) ? [{ ...file, name: file.name as Sha256 }] : [])),
    holds: files.filter(({ name }) => HOLD.test(name)),
    unfinished: files.flatMap(({ name, bytes }) => {
      const asset = HOLD.test(name) ? undefined : UNFINISHED.exec(name)?.[1];
      return asset === undefined ? [] : [{ asset: asset as Sha256, bytes }];
    }),
  };
}

function parseFile(line: string): HoldEntry[] {
  const [, inode, links, bytes, changed, name] = FILE.exec(line) ?? [];
  if (inode === undefined || name === undefined) return [];
  return [{ name, inode, links: Number(links), bytes: Number(bytes), usedAt: Number(changed) * 1000 }];
}
