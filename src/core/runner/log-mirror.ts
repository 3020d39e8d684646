import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AttemptId } from '../ids.ts';
import type { Host } from '../ports/host.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';

/** Bytes asked of the host at a time: bounds the memory whatever the log's size. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Our copy of an attempt's log. The length of the copy is the offset that was read, so nothing is lost or doubled by
 * a restart, and no row has to be written for it.
 */
export class LogMirror implements AsyncDisposable {
  readonly #host: Host;
  readonly #attempt: AttemptId;
  readonly #path: string;
  readonly #file: FileHandle;
  #offset: number;

  private constructor(
    host: Host,
    attempt: AttemptId,
    copy: { path: string; file: FileHandle; size: number },
  ) {
    this.#host = host;
    this.#attempt = attempt;
    this.#path = copy.path;
    this.#file = copy.file;
    this.#offset = copy.size;
  }

  /** Opens the copy at `path` and hands what it already holds to `replay`, in order. Throws `store.*`. */
  static async open(
    host: Host,
    attempt: AttemptId,
    path: string,
    replay: (bytes: Uint8Array) => void,
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
        return new LogMirror(host, attempt, { path, file, size });
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  /**
   * Copies what the log has grown by, at most about `maxBytes`, and hands it to `receive`. Throws what the host throws,
   * and `store.*` where the copy cannot be written: then nothing of the last piece counts.
   */
  async follow(
    receive: (bytes: Uint8Array) => void,
    signal: AbortSignal,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly received: number; readonly isAtEnd: boolean }> {
    let received = 0;
    while (!signal.aborted && received < maxBytes) {
      const bytes = await this.#host.readLog(this.#attempt, this.#offset, CHUNK_BYTES, signal);
      if (bytes.length === 0) return { received, isAtEnd: true };
      await mapFileErrors(basename(this.#path), async () => await this.#append(bytes));
      this.#offset += bytes.length;
      received += bytes.length;
      receive(bytes);
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
