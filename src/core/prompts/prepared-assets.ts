import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DataDirectory } from '../data-directory.ts';
import { flushDirectory } from '../flush-directory.ts';
import type { Sha256 } from '../ids.ts';
import { type Preparation, preparedExtension, recipeOf } from '../models/prepare.ts';
import type { MediaLimits, MediaWorker, OnProgress } from '../ports/media.ts';
import type { AssetStore } from '../store/assets.ts';
import { mapFileErrors } from './file-errors.ts';
import type { Asset } from './prompt.ts';

export interface PreparedAssetsParts {
  readonly assets: AssetStore;
  readonly data: DataDirectory;
  readonly media: MediaWorker;
  /** Of what is made. */
  readonly limits: MediaLimits;
}

export interface Preparing {
  readonly signal?: AbortSignal | undefined;
  /** Called where it was not made before. */
  readonly onBegin?: () => void;
  readonly onProgress?: OnProgress;
}

/** Files that were made of others: each once, and kept under the hash of its content. */
export class PreparedAssets {
  readonly #parts: PreparedAssetsParts;

  constructor(parts: PreparedAssetsParts) {
    this.#parts = parts;
  }

  /** Throws as the media worker, and `store.disk_full` or `store.read_only`. */
  async of(source: Asset, way: Preparation, preparing: Preparing = {}): Promise<Asset> {
    const { assets, data } = this.#parts;
    const recipe = recipeOf(way);
    const known = assets.prepared(source.sha256, recipe);
    const size = known && (await stat(data.asset(known.sha256)).catch(() => undefined))?.size;
    if (known !== undefined && size === known.bytes) return known;
    preparing.onBegin?.();
    const asset = await this.#make(source, way, preparing);
    assets.addPrepared(source.sha256, recipe, asset);
    return asset;
  }

  async #make(source: Asset, way: Preparation, preparing: Preparing): Promise<Asset> {
    const { data, media, limits } = this.#parts;
    const { signal } = preparing;
    await mkdir(data.incoming, { recursive: true });
    const directory = await mkdtemp(join(data.incoming, 'prepared-'));
    try {
      const extension = preparedExtension(way);
      const path = join(directory, `file.${extension}`);
      await this.#write(data.asset(source.sha256), path, way, preparing);
      const facts = await media.probe(path, limits, signal);
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash, { ...(signal && { signal }) });
      const sha256 = hash.digest('hex') as Sha256;
      const { size: bytes } = await stat(path);
      const target = data.asset(sha256);
      await mapFileErrors('assets', async () => {
        await mkdir(dirname(target), { recursive: true });
        await rename(path, target);
        await flushDirectory(dirname(target));
      });
      return { sha256, bytes, facts, extension };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #write(from: string, to: string, way: Preparation, { signal, onProgress }: Preparing): Promise<void> {
    const { media } = this.#parts;
    switch (way.kind) {
      case 'video':
        return await media.reduce(from, to, way.plan, signal, onProgress);
      case 'sound':
        return await media.convertSound(from, to, way.plan, signal);
      case 'picture':
        return await media.poster(from, to, way.width, signal);
    }
  }
}
