import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Logger } from 'pino';
import type { DataDirectory } from '../data-directory.ts';
import { CosmosError, toCosmosError } from '../errors.ts';
import { flushDirectory } from '../flush-directory.ts';
import type { Sha256 } from '../ids.ts';
import { openRegularFile } from '../media/open-regular-file.ts';
import type { HashedFile } from '../ports/hashed-file.ts';
import type { MediaFacts, MediaLimits, MediaWorker } from '../ports/media.ts';
import type { Random } from '../ports/random.ts';
import { SequenceMaker } from '../sequences/sequence-maker.ts';
import type { AssetStore } from '../store/assets.ts';
import { writeHashed } from '../write-hashed.ts';
import { mapFileErrors } from './file-errors.ts';
import type { Asset } from './prompt.ts';

/** Wide enough for a card, small enough to be posted with it. */
const POSTER_WIDTH = 640;

export interface AssetFolderParts {
  readonly data: DataDirectory;
  readonly media: MediaWorker;
  readonly assets: AssetStore;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: MediaLimits;
}

/** A file of ours that was looked at and is not kept yet; disposing it removes what was not kept. */
export interface StagedFile extends AsyncDisposable {
  readonly asset: Asset;
  /** Stores the file, and its poster; to be called once. Throws `store.disk_full` or `store.read_only`. */
  keep(): Promise<void>;
}

/** A file that the bot has made or collected itself. */
export interface OwnFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly facts: MediaFacts;
}

export type Taken =
  | { readonly ok: true; readonly asset: Asset }
  | { readonly ok: false; readonly reason: 'changed' | 'missing' };

/** The files of prompts, each stored once under the SHA-256 of its content. */
export class AssetFolder {
  /** Makes videos of pictures, which are then staged as others are. */
  readonly sequences: SequenceMaker;
  readonly #parts: AssetFolderParts;

  constructor(parts: AssetFolderParts) {
    this.#parts = parts;
    this.sequences = new SequenceMaker(parts);
  }

  /**
   * Copies a file and looks into the copy: later changes of the original do not matter. Throws the `input.*` code of
   * a bad file, and `store.disk_full` or `store.read_only` where it cannot be copied.
   */
  async stage(path: string, originalName: string, signal?: AbortSignal): Promise<StagedFile> {
    const { data, random, limits } = this.#parts;
    const temporary = join(data.incoming, Buffer.from(random.bytes(12)).toString('hex'));
    return await this.#looked(
      temporary,
      originalName,
      () => this.#copy(path, temporary, originalName, { maxBytes: limits.maxBytes, signal }),
      signal,
    );
  }

  /**
   * Takes a file over that lies in the folder for incoming ones and was hashed while it came: it is not read for that
   * again, and it is moved in place of being copied, so that it is gone from its path whatever becomes of it. Throws as
   * `stage`.
   */
  async adopt(
    path: string,
    hashed: HashedFile,
    originalName: string,
    signal?: AbortSignal,
  ): Promise<StagedFile> {
    return await this.#looked(path, originalName, async () => this.#checked(hashed), signal);
  }

  async #looked(
    temporary: string,
    originalName: string,
    arrived: () => Promise<HashedFile>,
    signal?: AbortSignal,
  ): Promise<StagedFile> {
    const remove = async (): Promise<void> => await rm(temporary, { force: true });
    try {
      const asset = await this.#recognise(await arrived(), temporary, originalName, signal);
      return {
        asset,
        keep: async () => await this.#keep(asset, temporary, originalName),
        [Symbol.asyncDispose]: remove,
      };
    } catch (error) {
      await remove();
      if (!(error instanceof CosmosError)) throw error;
      throw new CosmosError(error.code, { ...error.parameters, file: originalName }, { cause: error });
    }
  }

  /**
   * Takes a file of our own, whose content is known, among the assets; what is there already costs nothing. Says why not
   * where the file has changed or gone. Throws `store.disk_full` or `store.read_only` where it cannot be copied.
   */
  async take(file: OwnFile): Promise<Taken> {
    const { data, assets, random } = this.#parts;
    const asset: Asset = {
      sha256: file.sha256 as Sha256,
      bytes: file.bytes,
      facts: file.facts,
      extension: extensionOf(file.path),
    };
    const known = assets.get(asset.sha256);
    const isThere = (await stat(data.asset(asset.sha256)).catch(() => undefined))?.size === asset.bytes;
    if (known !== undefined && isThere) return { ok: true, asset: known };
    const temporary = join(data.incoming, Buffer.from(random.bytes(12)).toString('hex'));
    const name = basename(file.path);
    try {
      const copied = await this.#copy(file.path, temporary, name, { maxBytes: Number.MAX_SAFE_INTEGER });
      if (copied.sha256 !== asset.sha256) return { ok: false, reason: 'changed' };
      await this.#keep(asset, temporary, name);
      return { ok: true, asset };
    } catch (error) {
      if (error instanceof CosmosError && error.code === 'input.file_missing')
        return { ok: false, reason: 'missing' };
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  #checked(hashed: HashedFile): HashedFile {
    const { maxBytes } = this.#parts.limits;
    const { bytes } = hashed;
    if (bytes === 0) throw new CosmosError('input.file_empty');
    if (bytes > maxBytes) throw new CosmosError('input.file_too_large', { bytes, maxBytes });
    return hashed;
  }

  async #copy(
    path: string,
    temporary: string,
    originalName: string,
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal | undefined },
  ): Promise<HashedFile> {
    await using source = await openRegularFile(path, maxBytes);
    return await mapFileErrors(originalName, async () => {
      await mkdir(dirname(temporary), { recursive: true });
      return await writeHashed(source.createReadStream({ autoClose: false }), temporary, {
        maxBytes,
        signal,
      });
    });
  }

  async #recognise(
    { sha256, bytes }: HashedFile,
    temporary: string,
    originalName: string,
    signal?: AbortSignal,
  ): Promise<Asset> {
    const { media, assets, limits } = this.#parts;
    const known = assets.get(sha256);
    if (known !== undefined) return known;
    const facts = await media.probe(temporary, limits, signal);
    return { sha256, bytes, facts, extension: extensionOf(originalName) };
  }

  async #keep(asset: Asset, temporary: string, originalName: string): Promise<void> {
    const { data, assets } = this.#parts;
    const target = data.asset(asset.sha256);
    await mapFileErrors(originalName, async () => {
      await mkdir(dirname(target), { recursive: true });
      // Also where it is there already: it may have been damaged or removed since it was stored.
      await rename(temporary, target);
      await flushDirectory(dirname(target));
    });
    assets.add(asset);
    await this.ensurePoster(asset);
  }

  /** A poster is an ornament: a prompt without one is complete, so its failure is logged and nothing else. */
  async ensurePoster({ sha256, facts }: Asset): Promise<void> {
    const { data, media, logger } = this.#parts;
    const poster = data.poster(sha256);
    if (facts.kind === 'audio' || (await stat(poster).catch(() => undefined)) !== undefined) return;
    try {
      await mkdir(dirname(poster), { recursive: true });
      await media.poster(data.asset(sha256), poster, POSTER_WIDTH);
    } catch (error) {
      logger.warn({ asset: sha256, err: toCosmosError(error) }, 'no poster could be made');
    }
  }
}

/** Lower case, without dot; only what is safe in a file name. */
function extensionOf(name: string): string {
  const extension = extname(name).slice(1).toLowerCase();
  return /^[a-z0-9]{1,8}$/.test(extension) ? extension : 'bin';
}
