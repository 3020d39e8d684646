import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AttemptId } from '../ids.ts';
import type { Host } from '../ports/host.ts';

/** Bytes asked of the host at a time: bounds the memory whatever the log's size. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Our copy of an attempt's log. The length of the copy is the offset that was read, so nothing is lost or doubled by
 * a restart, and no row has to be written for it.
 */
export class LogMirror implements AsyncDisposable {
  readonly #host: Host;
  readonly #attempt: AttemptId;
  readonly #file: FileHandle;
  #offset: number;

  private constructor(host: Host, attempt: AttemptId, file: FileHandle, offset: number) {
    this.#host = host;
    this.#attempt = attempt;
    this.#file = file;
    this.#offset = offset;
  }

  /** Opens the copy at `path` and hands what it already holds to `replay`, in order. */
  static async open(
    host: Host,
    attempt: AttemptId,
    path: string,
    replay: (bytes: Uint8Array) => void,
  ): Promise<LogMirror> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      if (size > 0) {
        for await (const chunk of createReadStream(path, { end: size - 1, highWaterMark: CHUNK_BYTES }))
          replay(chunk);
      }
      return new LogMirror(host, attempt, file, size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Copies what the log has grown by and hands it to `receive`; returns the number of new bytes. */
  async follow(receive: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<number> {
    let received = 0;
    while (!signal.aborted) {
      const bytes = await this.#host.readLog(this.#attempt, this.#offset, CHUNK_BYTES, signal);
      if (bytes.length === 0) break;
      await this.#file.appendFile(bytes);
      this.#offset += bytes.length;
      received += bytes.length;
      receive(bytes);
    }
    return received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
