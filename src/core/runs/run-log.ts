import { statSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirectory } from '../data-directory.ts';
import type { Clock } from '../ports/clock.ts';
import { changeLines } from './change-lines.ts';
import { type LogEnd, logEnd } from './log-end.ts';
import { LogLineSplitter } from './log-lines.ts';
import { isFinished, type Run, type RunState } from './run.ts';

/** Bytes read from the end of a log to find its last lines; a longer tail is cut. */
const TAIL_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** How often a followed log is looked at, ms. */
const FOLLOW_INTERVAL_MS = 200;

export interface LogCopyOptions {
  readonly maxBytes: number;
  /** Tells of the bytes that are left out in front, in 255 bytes. */
  readonly say: (leftOutBytes: number) => string;
  readonly change: (line: string) => string;
}

/** A copy that is removed when it is disposed. */
export interface LogCopy extends LogEnd, AsyncDisposable {}

/** The logs of runs as far as they were copied from their hosts; they stay after the run. */
export class RunLog {
  readonly #data: DataDirectory;
  readonly #clock: Clock;

  constructor(data: DataDirectory, clock: Clock) {
    this.#data = data;
    this.#clock = clock;
  }

  /** Where the log of the run's latest attempt lies on our side; undefined before the first attempt. */
  path(run: Run): string | undefined {
    return run.attempt && this.#data.log(run.id, run.attempt);
  }

  /** Bytes of the log so far; 0 where there is none. */
  bytes(run: Run): number {
    const path = this.path(run);
    return path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  }

  /**
   * A copy of the log of the run's latest attempt for people elsewhere, each line as `change` makes it; where that is
   * larger than `maxBytes`, its end as `logEnd` has it. Undefined where there is no log, or no room.
   */
  async copy(run: Run, { maxBytes, say, change }: LogCopyOptions): Promise<LogCopy | undefined> {
    const path = this.path(run);
    if (path === undefined || (await sizeOf(path)) === 0) return undefined;
    await mkdir(this.#data.incoming, { recursive: true });
    // A folder of its own: several threads may show the same log at the same time.
    const folder = await mkdtemp(join(this.#data.incoming, 'log-'));
    const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
    try {
      const whole = join(folder, 'whole');
      const bytes = await changeLines(path, whole, change);
      const copy =
        bytes <= maxBytes ? { path: whole, bytes } : await logEnd(whole, join(folder, 'end'), maxBytes, say);
      if (copy !== undefined) return { ...copy, [Symbol.asyncDispose]: remove };
    } catch (error) {
      await remove();
      throw error;
    }
    await remove();
    return undefined;
  }

  /** The last `count` lines, oldest first; empty where nothing was logged yet. */
  async tail(run: Run, count: number): Promise<string[]> {
    const path = this.path(run);
    if (path === undefined || count <= 0) return [];
    const start = Math.max(0, (await sizeOf(path)) - TAIL_BYTES);
    const { lines, splitter } = await readLast(path, start, count);
    // Progress that nothing has overwritten yet is the last line that a person would see.
    return [...lines, ...restOf(splitter)].slice(-count);
  }

  /**
   * The last `tail` lines, then every further one, progress included, until the run has ended or `signal` aborts. Where
   * a further attempt begins, its log follows that of the one before, whole.
   */
  async *follow(
    read: () => Run | undefined,
    tail: number,
    signal: AbortSignal,
  ): AsyncGenerator<string, RunState | undefined> {
    let path: string | undefined;
    let splitter = new LogLineSplitter();
    let offset = 0;
    while (true) {
      const run = read();
      const next = run && this.path(run);
      if (next !== undefined && next !== path) {
        if (path === undefined) {
          const start = Math.max(0, (await sizeOf(next)) - TAIL_BYTES);
          const before = await readLast(next, start, tail);
          yield* before.lines;
          ({ splitter, offset } = before);
        } else {
          yield* this.#further(path, offset, splitter);
          yield* restOf(splitter);
          splitter = new LogLineSplitter();
          offset = 0;
        }
        path = next;
      }
      if (path !== undefined) offset = yield* this.#further(path, offset, splitter);
      if (run === undefined || isFinished(run.state) || signal.aborted) {
        yield* restOf(splitter);
        return run?.state;
      }
      await this.#clock.sleep(FOLLOW_INTERVAL_MS, signal);
    }
  }

  /** Yields what was appended since; returns the new offset. */
  async *#further(path: string, offset: number, splitter: LogLineSplitter): AsyncGenerator<string, number> {
    let end = offset;
    for await (const bytes of readFrom(path, offset)) {
      end += bytes.length;
      for (const { text } of splitter.push(bytes)) yield text;
    }
    return end;
  }
}

/** The last `count` lines from `start` on, without progress that was overwritten, and where reading ended. */
async function readLast(path: string, start: number, count: number) {
  const splitter = new LogLineSplitter();
  const lines: string[] = [];
  let offset = start;
  // In the middle of the file the first line is only the end of one.
  let isWhole = start === 0;
  for await (const bytes of readFrom(path, start)) {
    offset += bytes.length;
    for (const { text, rewritten } of splitter.push(bytes)) {
      if (isWhole && !rewritten) lines.push(text);
      isWhole = true;
    }
    if (lines.length > count * 2) lines.splice(0, lines.length - count);
  }
  return { lines: count > 0 ? lines.slice(-count) : [], splitter, offset };
}

function restOf(splitter: LogLineSplitter): string[] {
  return splitter.rest() === '' ? [] : [splitter.rest()];
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(absent))?.size ?? 0;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

/** The bytes of a file from `offset` to its present end; none where there is no file. */
async function* readFrom(path: string, offset: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch(absent);
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    let position = offset;
    while (position < size) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
