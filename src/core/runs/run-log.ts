import { open } from 'node:fs/promises';
import type { DataDirectory } from '../data-directory.ts';
import type { Clock } from '../ports/clock.ts';
import { type LogLine, LogLineSplitter } from './log-lines.ts';
import { isFinished, type Run, type RunState } from './run.ts';

/** Bytes read from the end of a log to find its last lines; a longer tail is cut. */
const TAIL_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** How often a followed log is looked at, ms. */
const FOLLOW_INTERVAL_MS = 200;

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

  /** The last `count` lines, oldest first; empty where nothing was logged yet. */
  async tail(run: Run, count: number): Promise<string[]> {
    const path = this.path(run);
    if (path === undefined) return [];
    const lines: string[] = [];
    const splitter = new LogLineSplitter();
    for await (const bytes of readFrom(path, -TAIL_BYTES)) {
      for (const { text, rewritten } of splitter.push(bytes)) if (!rewritten) lines.push(text);
      if (lines.length > count * 2) lines.splice(0, lines.length - count);
    }
    // Progress that nothing has overwritten yet is the last line that a person would see.
    if (splitter.rest() !== '') lines.push(splitter.rest());
    return lines.slice(-count);
  }

  /** The last `tail` lines, then every further one, until the run has ended or `signal` aborts. */
  async *follow(
    read: () => Run | undefined,
    tail: number,
    signal: AbortSignal,
  ): AsyncGenerator<string, RunState | undefined> {
    const splitter = new LogLineSplitter();
    let attempt: string | undefined;
    let offset = 0;
    while (true) {
      const run = read();
      if (run === undefined) return undefined;
      const ended = isFinished(run.state);
      const path = this.path(run);
      if (path !== undefined) {
        if (run.attempt !== attempt) {
          attempt = run.attempt;
          offset = 0;
          const before: string[] = [];
          for await (const bytes of readFrom(path, offset)) {
            offset += bytes.length;
            before.push(...texts(splitter.push(bytes)));
            if (before.length > tail * 2) before.splice(0, before.length - tail);
          }
          yield* before.slice(-tail);
        }
        for await (const bytes of readFrom(path, offset)) {
          offset += bytes.length;
          yield* texts(splitter.push(bytes));
        }
      }
      if (ended || signal.aborted) {
        if (splitter.rest() !== '') yield splitter.rest();
        return run.state;
      }
      await this.#clock.sleep(FOLLOW_INTERVAL_MS, signal);
    }
  }
}

function texts(lines: readonly LogLine[]): string[] {
  return lines.map(({ text }) => text);
}

/** The bytes of a file from `offset` (negative: from the end) to its present end; none where there is no file. */
async function* readFrom(path: string, offset: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    let position = offset < 0 ? Math.max(0, size + offset) : offset;
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
