import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Card } from '../../core/ports/chat.ts';
import { systemCode } from '../../core/system-code.ts';
import { withinMs } from '../chat/within.ts';
import { FileSteps } from './file-steps.ts';
import type { Outbound } from './outbound.ts';
import { lookFor } from './patience.ts';
import { toChatError } from './slack-errors.ts';

/** A picture that Slack has. */
export interface Picture {
  /** Slack's id of it. */
  readonly file: string;
  /** Under which it is remembered. */
  readonly key: string;
}

/**
 * The pictures of cards, in Slack: a block shows only files that were uploaded before, shared nowhere. Each is uploaded
 * once; one that cannot be had is left out of its card.
 */
export class Pictures {
  readonly #outbound: Outbound;
  readonly #steps: FileSteps;
  /** Uploads under way, by key: the edits of one card must not all upload its picture. */
  readonly #uploading = new Map<string, Promise<Picture | undefined>>();

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
    this.#steps = new FileSteps(outbound);
  }

  /** The pictures of the card that Slack has now, by their path, after waiting `pictureMs` at most for those it has not. */
  async ready(card: Card): Promise<ReadonlyMap<string, Picture>> {
    const paths = card.blocks.flatMap((block) => (block.type === 'picture' ? [block.path] : []));
    const ready = new Map<string, Picture>();
    if (paths.length === 0) return ready;
    const all = Promise.all(
      [...new Set(paths)].map(async (path) => {
        const picture = await this.#picture(path);
        if (picture !== undefined) ready.set(path, picture);
      }),
    );
    await withinMs(all, this.#outbound.times.pictureMs, this.#outbound.clock);
    return new Map(ready);
  }

  /** Slack has it no more: it is uploaded again the next time. */
  forget({ key }: Picture): void {
    this.#outbound.files.remove(key);
  }

  async #picture(path: string): Promise<Picture | undefined> {
    const { files, identity, logger } = this.#outbound;
    try {
      const { size, mtimeMs } = await stat(path);
      const { team } = await identity.get();
      const key = `picture:${team}:${path}:${size}:${Math.floor(mtimeMs)}`;
      const known = files.get(key);
      if (known !== undefined) return { file: known, key };
      const uploading = this.#uploading.get(key) ?? this.#upload(path, size, key);
      this.#uploading.set(key, uploading);
      return await uploading.finally(() => this.#uploading.delete(key));
    } catch (error) {
      const { detail } = toChatError(error).parameters;
      const why = systemCode(error) ?? detail;
      logger.warn({ picture: basename(path), why }, 'picture not shown: it could not be uploaded');
      return undefined;
    }
  }

  async #upload(path: string, bytes: number, key: string): Promise<Picture | undefined> {
    const { files } = this.#outbound;
    const file = await this.#steps.send({ path, name: basename(path), bytes });
    await this.#steps.complete(file, { title: basename(path) });
    const state = await lookFor(async () => await this.#looked(file), this.#outbound);
    if (state !== 'seen') return undefined;
    files.set(key, file);
    return { file, key };
  }

  /** Blocks take a picture only after Slack has looked at it. */
  async #looked(file: string): Promise<'seen' | 'gone' | undefined> {
    const info = await this.#steps.info(file);
    if (info === undefined) return 'gone';
    return info.mimetype === '' ? undefined : 'seen';
  }
}
