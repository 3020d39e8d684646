import { CosmosError } from '../core/errors.ts';
import type { AttemptId, Sha256 } from '../core/ids.ts';
import type { HostAsset, TransferProgress } from '../core/ports/host.ts';
import type { Random } from '../core/ports/random.ts';
import { AssetCache } from './asset-cache.ts';
import { tidyUp } from './clean-up.ts';
import { temporaryName } from './paths.ts';
import { isCutOff } from './transfer/is-cut-off.ts';
import { FileFault, inRole, isFault } from './transport/file-fault.ts';
import type { Copied, Transport } from './transport/transport.ts';
import { Turns } from './turns.ts';
import type { UploadName, UploadNames } from './upload-names.ts';

/** Nobody writes to an asset: attempts share it by hard links. */
const ASSET_MODE = 0o444;

/** The names under which uploads write. */
const UNFINISHED = /^\.[0-9a-f]{64}\.[0-9a-f]+$/;
/** An upload that has not written for so long was cut off, ms. */
const CUT_OFF_AFTER_MS = 24 * 3600 * 1000;

/** The files `<work_dir>/assets/<sha256>`: each is whole and verified when it gets its name. */
export class AssetStore {
  readonly #transport: Transport;
  readonly #directory: string;
  readonly #random: Random;
  readonly #cache: AssetCache;
  readonly #names: UploadNames | undefined;
  readonly #turns = new Turns<Sha256>();
  /** Versions of the files that were hashed and found whole, by path. */
  readonly #verified = new Map<string, string>();

  constructor(
    transport: Transport,
    workDir: string,
    random: Random,
    cache: AssetCache = new AssetCache({ transport, workDir }),
    /** Absent: every upload begins from nothing. */
    names?: UploadNames,
  ) {
    this.#transport = transport;
    this.#directory = `${workDir}/assets`;
    this.#random = random;
    this.#cache = cache;
    this.#names = names;
  }

  /**
   * Brings an asset, unless it is there and still has its SHA-256; a corrupt one is replaced. A file that was found
   * whole is hashed again as soon as its version is another one, or the transport knows none. Several calls for one
   * asset bring it once. An upload that was cut off is resumed; where what comes of it is wrong, it is brought anew,
   * once. Throws `transfer.corrupt` where the host has received something else, or the file has changed.
   */
  async put(asset: HostAsset, onProgress: TransferProgress, signal?: AbortSignal): Promise<void> {
    await this.#turns.take(asset.sha256, signal, () => this.#put(asset, onProgress, signal));
  }

  async #put(asset: HostAsset, onProgress: TransferProgress, signal?: AbortSignal): Promise<void> {
    const path = this.#path(asset.sha256);
    if (await this.#isKept(path, asset, signal)) {
      onProgress(asset.bytes, asset.bytes);
      return;
    }
    const { sha256, bytes } = asset;
    const upload = (): Promise<void> => this.#bring(asset, path, onProgress, signal);
    await this.#cache.withRoomFor({ asset: sha256, bytes }, upload, signal);
    await this.#sweep(path);
  }

  async #bring(
    asset: HostAsset,
    path: string,
    onProgress: TransferProgress,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { name, resume } = this.#nameFor(asset.sha256);
    const hidden = `${this.#directory}/${name}`;
    const upload = (): Promise<Copied> =>
      this.#transport.upload(asset.path, hidden, { onProgress, resume, signal });
    try {
      let copied = await inRole('asset', resume ? upload().catch(nullWhereMissing) : upload());
      if (copied?.inPieces && copied.received.sha256 !== asset.sha256) {
        await inRole('asset', this.#transport.remove(hidden));
        copied = null;
      }
      copied ??= await inRole('asset', upload());
      if (copied.received.sha256 !== asset.sha256) {
        throw new CosmosError('transfer.corrupt', { role: 'asset' });
      }
      await inRole('asset', this.#transport.changeMode(hidden, ASSET_MODE));
      if (asset.attempt !== undefined) await this.#cache.hold(asset.sha256, asset.attempt, hidden);
      await inRole('asset', this.#transport.rename(hidden, path));
    } catch (thrown) {
      // What is left when no upload goes on with it is swept.
      if (!resume || !isCutOff(thrown, signal)) await tidyUp(this.#transport.remove(hidden));
      throw thrown;
    }
  }

  #nameFor(asset: Sha256): UploadName {
    if (this.#names !== undefined && this.#transport.resumes) return this.#names.nameFor(asset);
    return { name: temporaryName(asset, this.#random), resume: false };
  }

  /** Gives the asset a second name, or copies it where the file system has no hard links. */
  async place(asset: Sha256, attempt: AttemptId, path: string, signal?: AbortSignal): Promise<void> {
    const source = this.#path(asset);
    try {
      await this.#link(this.#cache.holdOf(asset, attempt), source, path);
    } catch (thrown) {
      if (!isFault(thrown, 'unsupported', 'denied')) await orGone(Promise.reject(thrown));
      await orGone(this.#transport.copy(source, path, signal));
      await inRole('attempt', this.#transport.changeMode(path, ASSET_MODE));
    }
  }

  /** By its held name first: the other one may have been evicted meanwhile. */
  async #link(held: string, source: string, path: string): Promise<void> {
    try {
      await this.#transport.link(held, path);
    } catch (thrown) {
      if (!isFault(thrown, 'missing')) throw thrown;
      await this.#transport.link(source, path);
    }
  }

  /**
   * Removes what uploads that were cut off have left. Only uploads leave something, so each looks after the others; the
   * file that just came tells the host's time.
   */
  async #sweep(brought: string): Promise<void> {
    try {
      const now = (await this.#transport.stat(brought))?.modifiedAt;
      if (now === undefined) return;
      for (const name of await this.#transport.names(this.#directory)) {
        if (!UNFINISHED.test(name)) continue;
        const path = `${this.#directory}/${name}`;
        const entry = await this.#transport.stat(path);
        if (entry !== null && now - entry.modifiedAt > CUT_OFF_AFTER_MS) await this.#transport.remove(path);
      }
    } catch (thrown) {
      // The asset is there. What cannot be removed (another user's, say) is tried again after the next upload.
      if (!(thrown instanceof FileFault)) throw thrown;
    }
  }

  /** Gives back the right to go on with uploads. */
  close(): void {
    this.#names?.close();
  }

  #path(asset: Sha256): string {
    if (/^[0-9a-f]{64}$/.test(asset)) return `${this.#directory}/${asset}`;
    throw new CosmosError('engine.work_dir_unusable', { role: 'asset', reason: 'unsafe_path' });
  }

  /** Held before it is looked at: nobody can evict it in between. A whole one stays held. */
  async #isKept(path: string, asset: HostAsset, signal?: AbortSignal): Promise<boolean> {
    const { sha256, attempt } = asset;
    const named = attempt === undefined ? path : await this.#cache.hold(sha256, attempt, path);
    if (named === undefined) return false;
    let isWhole = false;
    try {
      isWhole = await this.#isWhole(path, named, asset, signal);
    } catch (thrown) {
      if (!(thrown instanceof CosmosError) || !isFault(thrown.cause, 'missing')) throw thrown;
    } finally {
      if (!isWhole && attempt !== undefined) await this.#cache.release(attempt, [sha256]);
    }
    return isWhole;
  }

  /** `named`: the same file as `path`, under a name that stays. */
  async #isWhole(path: string, named: string, asset: HostAsset, signal?: AbortSignal): Promise<boolean> {
    const entry = await inRole('asset', this.#transport.stat(named));
    if (entry === null) return false;
    if (entry.kind === 'directory') await inRole('asset', this.#transport.remove(path));
    if (entry.kind !== 'file' || entry.bytes !== asset.bytes) return false;
    const version = await inRole('asset', this.#transport.version(named, signal));
    if (version !== undefined && this.#verified.get(path) === version) return true;
    const { sha256 } = await inRole('asset', this.#transport.hash(named, signal));
    if (sha256 === asset.sha256 && version !== undefined) this.#verified.set(path, version);
    return sha256 === asset.sha256;
  }
}

/** A host that was started anew may have lost what had been written. */
function nullWhereMissing(thrown: unknown): null {
  if (isFault(thrown, 'missing')) return null;
  throw thrown;
}

/** An asset that was evicted in between is brought again: the same attempt may pass later. */
async function orGone(work: Promise<void>): Promise<void> {
  try {
    await inRole('attempt', work);
  } catch (thrown) {
    if (!(thrown instanceof CosmosError) || !isFault(thrown.cause, 'missing')) throw thrown;
    throw new CosmosError('transfer.failed', { role: 'asset', reason: 'missing' }, { cause: thrown });
  }
}
