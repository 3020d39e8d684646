import { CosmosError } from '../core/errors.ts';
import type { AttemptId, Sha256 } from '../core/ids.ts';
import type { AssetUsage } from '../core/ports/host.ts';
import { listAssets } from './asset-listing.ts';
import { tidyUp } from './clean-up.ts';
import { safeAttemptName } from './paths.ts';
import { planEviction, type Upload, usedBytes } from './plan-eviction.ts';
import { inRole, isFault } from './transport/file-fault.ts';
import type { Transport } from './transport/transport.ts';

/** Parameters: the directory, then names in it. Prints each that is gone; what is no regular file stays. */
const REMOVE_SCRIPT = `cd -- "$1" || exit 1
shift
for name do
  if [ -f "$name" ] && [ ! -h "$name" ] && rm -f -- "$name"; then echo "$name"; fi
done
`;
const REMOVE_DEADLINE_MS = 10 * 60_000;
/** What fits on the command line of every host. */
const NAMES_AT_ONCE = 1000;

const ASSET_MODE = 0o444;

/** The part of the bot's log that a host writes to. */
export interface HostLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface AssetCacheOptions {
  readonly transport: Transport;
  /** Absolute path on the host. */
  readonly workDir: string;
  /** Absent: as much as the disk holds. */
  readonly quotaBytes?: number | undefined;
  readonly log?: HostLog | undefined;
}

/**
 * Keeps `<work_dir>/assets` within its quota. The directory is shared with other bots, and with other processes of this
 * one: what is there is looked up whenever room is needed, nothing about it is remembered. Whoever is about to give an
 * asset to an attempt holds it by a second name; a file with a second name, in an attempt or as a hold, is never
 * evicted, and one that was evicted in the moment before is still there under that name.
 */
export class AssetCache {
  readonly #transport: Transport;
  readonly #directory: string;
  readonly #quotaBytes: number;
  readonly #log: HostLog | undefined;
  readonly #uploads = new Set<Upload>();
  /** Room is made for one upload after the other: each counts those before it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AssetCacheOptions) {
    this.#transport = options.transport;
    this.#directory = `${options.workDir}/assets`;
    this.#quotaBytes = options.quotaBytes ?? Number.POSITIVE_INFINITY;
    this.#log = options.log;
  }

  /**
   * Makes room for an asset, then lets `upload` bring it. Before anything is sent it throws `transfer.over_quota` for a
   * file that is larger than the quota, and `transfer.disk_full` where the disk has no room and evicting gives none.
   * What is in use stays, also where the quota is exceeded by that.
   */
  async withRoomFor(asset: Upload, upload: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    if (asset.bytes > this.#quotaBytes) {
      throw new CosmosError('transfer.over_quota', { bytes: asset.bytes, quotaBytes: this.#quotaBytes });
    }
    this.#uploads.add(asset);
    try {
      const room = this.#turn.then(() => this.#makeRoom(asset, signal));
      this.#turn = room.catch(() => undefined);
      await room;
      await upload();
    } finally {
      this.#uploads.delete(asset);
    }
  }

  /**
   * Keeps an asset for an attempt until `release`, and counts as its use; `path` is its name or the one that it is
   * written under. Returns the name by which it is kept: `path` where the file system has no second names, and it can be
   * evicted all the same. Undefined where it is gone.
   */
  async hold(asset: Sha256, attempt: AttemptId, path: string): Promise<string | undefined> {
    const hold = this.holdOf(asset, attempt);
    try {
      await this.#transport.link(path, hold).catch(async (thrown: unknown) => {
        if (!isFault(thrown, 'exists')) throw thrown;
        // Of an earlier try, and perhaps of a file that was replaced since.
        await this.#transport.remove(hold);
        await this.#transport.link(path, hold);
      });
    } catch (thrown) {
      if (isFault(thrown, 'missing')) return undefined;
      if (!isFault(thrown, 'unsupported', 'denied')) await inRole('asset', Promise.reject(thrown));
      await tidyUp(this.#transport.changeMode(path, ASSET_MODE));
      return path;
    }
    return hold;
  }

  /** The second name of an asset that is held for an attempt: there also after somebody has evicted it. */
  holdOf(asset: Sha256, attempt: AttemptId): string {
    return `${this.#directory}/.${asset}.${safeAttemptName(attempt)}.hold`;
  }

  /** Gives up these holds: the attempt has its inputs. */
  async release(attempt: AttemptId, assets: Iterable<Sha256>): Promise<void> {
    for (const asset of new Set(assets)) await tidyUp(this.#transport.remove(this.holdOf(asset, attempt)));
  }

  /** Gives up all holds of an attempt that will not begin any more. What stays ends by itself after hours. */
  async releaseAll(attempt: AttemptId): Promise<void> {
    const suffix = `.${safeAttemptName(attempt)}.hold`;
    const names = await inRole('work_dir', this.#transport.names(this.#directory));
    for (const name of names.filter((each) => each.startsWith('.') && each.endsWith(suffix))) {
      await tidyUp(this.#transport.remove(`${this.#directory}/${name}`));
    }
  }

  /** What all bots keep there. Throws as `listAssets` does. */
  async usage(signal?: AbortSignal): Promise<AssetUsage> {
    const listing = await listAssets(this.#transport, this.#directory, signal);
    return { files: listing.assets.length, bytes: usedBytes(listing), quotaBytes: this.#quotaBytes };
  }

  async #makeRoom(asset: Upload, signal: AbortSignal | undefined): Promise<void> {
    const quotaBytes = this.#quotaBytes;
    const stuck = new Set<string>();
    for (;;) {
      const listing = await listAssets(this.#transport, this.#directory, signal);
      const plan = planEviction({ listing, quotaBytes, uploads: [...this.#uploads], stuck });
      if (plan.lackingBytes > 0) {
        throw new CosmosError('transfer.disk_full', { role: 'asset', bytes: asset.bytes });
      }
      const gone = await this.#remove([...plan.forget, ...plan.evict.map(({ name }) => name)], signal);
      const evicted = plan.evict.filter(({ name }) => gone.has(name));
      if (evicted.length > 0) {
        const bytes = evicted.reduce((total, file) => total + file.bytes, 0);
        this.#log?.info({ files: evicted.length, bytes, quotaBytes }, 'evicted assets');
      }
      if (evicted.length === plan.evict.length) {
        const { overBytes } = plan;
        if (overBytes > 0) this.#log?.warn({ overBytes, quotaBytes }, 'assets in use exceed the quota');
        return;
      }
      // Others were faster, or the file belongs to somebody else: another one has to go in its place.
      for (const { name } of plan.evict) if (!gone.has(name)) stuck.add(name);
    }
  }

  /** Returns the names that are gone. */
  async #remove(names: readonly string[], signal: AbortSignal | undefined): Promise<Set<string>> {
    const gone = new Set<string>();
    for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
      const some = names.slice(from, from + NAMES_AT_ONCE);
      const options = { deadlineMs: REMOVE_DEADLINE_MS, signal };
      const { stdout } = await this.#transport.runScript(REMOVE_SCRIPT, [this.#directory, ...some], options);
      for (const name of stdout.split('\n')) if (name !== '') gone.add(name);
    }
    return gone;
  }
}
