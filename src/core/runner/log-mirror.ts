import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AttemptId } from '../ids.ts';
import type { Host } from '../ports/host.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import { SecretMask } from './secret-mask.ts';

/** Bytes asked of the host at a time: bounds the memory whatever the log's size. */
const CHUNK_BYTES = 1024 * 1024;

export interface FollowOptions {
  /** About how much is taken at most. */
  readonly maxBytes?: number;
  /** The log grows no more: what may be the beginning of a secret is not waited for. */
  readonly isComplete?: boolean;
}

/**
 * Our copy of an attempt's log, with stars in place of the job's secrets. The length of the copy is the offset that was
 * read, so nothing is lost or doubled by a restart, and no row has to be written for it.
 */
export class LogMirror implements AsyncDisposable {
  readonly #host: Host;
  readonly #attempt: AttemptId;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #mask: SecretMask;
  #offset: number;

  private constructor(
    host: Host,
    attempt: AttemptId,
    mask: SecretMask,
    copy: { path: string; file: FileHandle; size: number },
  ) {
    this.#host = host;
    this.#attempt = attempt;
    this.#mask = mask;
    this.#path = copy.path;
    this.#file = copy.file;
    this.#offset = copy.size;
  }

  /** Opens the copy and hands what it already holds to `replay`, in order. Throws `store.*`. */
  static async open(
    host: Host,
    attempt: AttemptId,
    path: string,
    replay: (bytes: Uint8Array) => void,
    mask: SecretMask = new SecretMask(),
  ): Promise<LogMirror> {
    return await mapFileErrors(basename(path), async () => {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a+');
      try {
        const { size } = await file.stat();
        if (size > 0) {
          for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: CHUNK_BYTES }))
            replay(chunk);
        }
        return new LogMirror(host, attempt, mask, { path, file, size });
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  /**
   * Copies what the log has grown by and hands it to `receive`, a piece once that is done with the one before; what may be
   * the beginning of a secret waits for the rest of it. Throws what the host and `receive` throw, and `store.*` where the
   * copy cannot be written: then nothing of the last piece counts.
   */
  async follow(
    receive: (bytes: Uint8Array) => unknown,
    signal: AbortSignal,
    { maxBytes = Number.POSITIVE_INFINITY, isComplete = false }: FollowOptions = {},
  ): Promise<{ readonly received: number; readonly isAtEnd: boolean }> {
    let received = 0;
    while (!signal.aborted && received < maxBytes) {
      const read = await this.#host.readLog(this.#attempt, this.#offset, CHUNK_BYTES, signal);
      const isLast = isComplete && read.length < CHUNK_BYTES;
      const unsure = isLast ? 0 : this.#mask.unsure(read);
      const bytes = this.#mask.cover(read).subarray(0, read.length - unsure);
      if (bytes.length === 0) return { received, isAtEnd: true };
      await mapFileErrors(basename(this.#path), async () => await this.#append(bytes));
      this.#offset += bytes.length;
      received += bytes.length;
      await receive(bytes);
    }
    return { received, isAtEnd: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  /** A disk that is full takes a part of it: that part would be doubled when it is tried again. */
  async #append(bytes: Uint8Array): Promise<void> {
    const { size } = await this.#file.stat();
    if (size !== this.#offset) await this.#file.truncate(this.#offset);
    await this.#file.appendFile(bytes);
  }
}
