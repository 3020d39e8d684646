import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DataDirectory } from '../data-directory.ts';
import { CosmosError } from '../errors.ts';
import type { Sha256 } from '../ids.ts';
import type { MediaLimits, MediaWorker } from '../ports/media.ts';
import type { Random } from '../ports/random.ts';
import type { AssetStore } from '../store/assets.ts';
import { mapFileErrors } from './file-errors.ts';
import type { Asset } from './prompt.ts';

/**
 * The files of prompts, each stored once under the SHA-256 of its content. A file is looked at by the media worker
 * before it is kept, and copied while it is hashed: later changes of the original do not matter.
 */
export class AssetFolder {
  readonly #data: DataDirectory;
  readonly #media: MediaWorker;
  readonly #assets: AssetStore;
  readonly #random: Random;
  readonly #limits: MediaLimits;

  constructor(parts: {
    data: DataDirectory;
    media: MediaWorker;
    assets: AssetStore;
    random: Random;
    limits: MediaLimits;
  }) {
    this.#data = parts.data;
    this.#media = parts.media;
    this.#assets = parts.assets;
    this.#random = parts.random;
    this.#limits = parts.limits;
  }

  /** Throws the `input.*` code of a bad file, and `store.disk_full` or `store.read_only` where it cannot be kept. */
  async add(path: string, originalName: string, signal?: AbortSignal): Promise<Asset> {
    const temporary = join(this.#data.incoming, Buffer.from(this.#random.bytes(12)).toString('hex'));
    try {
      const facts = await this.#media.probe(path, this.#limits, signal);
      const { sha256, bytes } = await this.#copy(path, temporary, originalName, signal);
      const known = this.#assets.get(sha256);
      if (known !== undefined && (await hasSize(this.#data.asset(sha256), bytes))) return known;
      const target = this.#data.asset(sha256);
      await mapFileErrors(originalName, async () => {
        await mkdir(dirname(target), { recursive: true });
        await rename(temporary, target);
      });
      const asset: Asset = { sha256, bytes, facts, extension: extensionOf(originalName) };
      this.#assets.add(asset);
      return asset;
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error;
      throw new CosmosError(error.code, { ...error.parameters, file: originalName }, { cause: error });
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #copy(path: string, temporary: string, originalName: string, signal?: AbortSignal) {
    const { maxBytes } = this.#limits;
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        done(bytes > maxBytes ? new CosmosError('input.file_too_large', { bytes, maxBytes }) : null, chunk);
      },
    });
    await mapFileErrors(originalName, async () => {
      await mkdir(dirname(temporary), { recursive: true });
      await pipeline(
        createReadStream(path),
        measure,
        createWriteStream(temporary, { flush: true, mode: 0o444 }),
        {
          ...(signal && { signal }),
        },
      );
    });
    return { sha256: hash.digest('hex') as Sha256, bytes };
  }
}

/** Lower case, without dot; only what is safe in a file name. */
function extensionOf(name: string): string {
  const extension = extname(name).slice(1).toLowerCase();
  return /^[a-z0-9]{1,8}$/.test(extension) ? extension : 'bin';
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === bytes;
}
