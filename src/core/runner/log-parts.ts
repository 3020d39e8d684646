import { appendFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mapFileErrors } from '../prompts/file-errors.ts';
import type { LogLine } from '../runs/log-lines.ts';
import { systemCode } from '../system-code.ts';

/**
 * The parts of a log that several runs share, a file for each run. They are made of our copy of the log alone: whoever reads
 * it once more from its beginning makes the same parts, and what is in a file already is not written again.
 */
export class LogParts {
  readonly #parts: readonly Part[];
  #isComplete = false;

  private constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** `paths`: where each part lies, by the place of its run. Throws `store.*`. */
  static async open(paths: readonly string[]): Promise<LogParts> {
    return new LogParts(
      await Promise.all(
        paths.map(async (path) => {
          await mapFileErrors(basename(path), async () => await mkdir(dirname(path), { recursive: true }));
          return new Part(path, await sizeOf(path));
        }),
      ),
    );
  }

  add(item: number, { text, rewritten }: LogLine): void {
    this.#parts[item]?.add(Buffer.from(`${text}${rewritten ? '\r' : '\n'}`));
  }

  /** The end of a log that grows no more, where it has no line end. */
  complete(restOf: (item: number) => string): void {
    if (this.#isComplete) return;
    this.#isComplete = true;
    for (const [item, part] of this.#parts.entries()) part.add(Buffer.from(restOf(item)));
  }

  /** Throws `store.*` where something cannot be written: then it is written the next time. */
  async flush(): Promise<void> {
    for (const part of this.#parts) await part.flush();
  }
}

class Part {
  readonly #path: string;
  /** Bytes that are in the file. */
  #written: number;
  /** Bytes that the part has so far. */
  #made = 0;
  #waiting: Buffer[] = [];

  constructor(path: string, written: number) {
    this.#path = path;
    this.#written = written;
  }

  add(bytes: Buffer): void {
    const before = this.#made;
    this.#made += bytes.length;
    if (this.#made <= this.#written) return;
    this.#waiting.push(bytes.subarray(Math.max(0, this.#written - before)));
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    await mapFileErrors(basename(this.#path), async () => {
      try {
        await appendFile(this.#path, bytes);
        this.#waiting = [];
      } catch (error) {
        // A disk that is full takes a part of it.
        const taken = Math.max(0, (await sizeOf(this.#path)) - this.#written);
        this.#waiting = [bytes.subarray(taken)];
        this.#written += taken;
        throw error;
      }
      this.#written = this.#made;
    });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? facts.size : 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
