import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import type { Logger } from 'pino';
import type { DataDirectory } from '../../core/data-directory.ts';
import { toCosmosError } from '../../core/errors.ts';
import type { UploadFile } from '../../core/ports/chat.ts';
import type { MediaWorker } from '../../core/ports/media.ts';
import type { Run } from '../../core/runs/run.ts';

/** Limits of platforms differ by little, and each asks again after a refusal: one proxy serves all limits of a step. */
const STEP_BYTES = 1024 * 1024;

export interface ProxiesParts {
  readonly media: MediaWorker;
  readonly data: DataDirectory;
  readonly logger: Logger;
}

/**
 * Copies of results that are small enough for a chat, kept beside the results: a restart does not encode them again.
 */
export class Proxies {
  readonly #parts: ProxiesParts;
  readonly #stopping = new AbortController();
  /** By path. */
  readonly #underWay = new Map<string, Promise<number | undefined>>();
  readonly #impossible = new Set<string>();

  constructor(parts: ProxiesParts) {
    this.#parts = parts;
  }

  /** Ends what is being encoded; it is begun again when it is next asked for. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the bot stops'));
    await Promise.allSettled(this.#underWay.values());
  }

  /** A copy of a video of the run with at most `maxBytes`; undefined where none that looks good can be had. */
  async of(run: Run, file: UploadFile, maxBytes: number): Promise<UploadFile | undefined> {
    const limit = maxBytes < STEP_BYTES ? maxBytes : Math.floor(maxBytes / STEP_BYTES) * STEP_BYTES;
    const extension = extname(file.path);
    const path = this.#parts.data.proxy(run.id, basename(file.path, extension), limit);
    const making = this.#underWay.get(path) ?? this.#make(run, file.path, path, limit);
    this.#underWay.set(path, making);
    const bytes = await making.finally(() => this.#underWay.delete(path));
    if (bytes === undefined) return undefined;
    const stem = file.name.slice(0, file.name.length - extname(file.name).length);
    return { path, name: `${stem}-proxy.mp4`, bytes, mime: 'video/mp4' };
  }

  async #make(run: Run, from: string, path: string, limit: number): Promise<number | undefined> {
    const { media, logger } = this.#parts;
    const present = await stat(path).catch(() => undefined);
    if (present !== undefined) return present.size;
    if (this.#impossible.has(path)) return undefined;
    try {
      await mkdir(dirname(path), { recursive: true });
      const isMade = await media.proxy(from, path, limit, this.#stopping.signal);
      logger.info({ run: run.id, limit, isMade }, 'proxy of a result');
      if (isMade) return (await stat(path)).size;
      this.#impossible.add(path);
      return undefined;
    } catch (error) {
      // Whatever the reason: the card says where the full file is.
      if (this.#stopping.signal.aborted) throw error;
      logger.warn({ run: run.id, err: toCosmosError(error) }, 'no proxy could be made');
      return undefined;
    }
  }
}
