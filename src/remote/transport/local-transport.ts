import type { Stats } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredFile } from '../../core/ports/media.ts';
import { isFault } from './file-fault.ts';
import { type HostVariables, launchDetached, runToEnd } from './local-command.ts';
import { copyNewFile, hashFile, readRegularFile } from './local-copy.ts';
import { localFault, toFault } from './local-fault.ts';
import { watchDirectory } from './local-watch.ts';
import type {
  CommandOptions,
  CommandResult,
  Copied,
  CopyOptions,
  Entry,
  LaunchOptions,
  ListedEntry,
  Transport,
} from './transport.ts';

const SHELL = '/bin/sh';
/** File systems keep times in steps of up to 2 s: a younger file may change again without another time, ms. */
const TIME_STEP_MS = 2_000;

/** This machine: files through the file system, programs as children. */
export class LocalTransport implements Transport {
  readonly requiredPrograms = [];
  /** What kills a copy within this machine has mostly taken the machine along, and another one takes seconds. */
  readonly resumes = false;
  readonly #variables: HostVariables;

  constructor(variables: HostVariables) {
    this.#variables = variables;
  }

  run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
    return runToEnd(argv, this.#variables, options);
  }

  runScript(
    script: string,
    parameters: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return runToEnd([SHELL, '-c', script, 'sh', ...parameters], this.#variables, options);
  }

  launch(argv: readonly [string, ...string[]], options: LaunchOptions): Promise<string> {
    return launchDetached(argv, this.#variables, options);
  }

  async makeDirectory(path: string): Promise<void> {
    await localFault(mkdir(path));
  }

  async makeDirectories(path: string): Promise<void> {
    await localFault(mkdir(path, { recursive: true }));
  }

  async createFile(path: string, content: string, mode: number): Promise<void> {
    await localFault(writeNewFile(path, content, mode));
  }

  async changeMode(path: string, mode: number): Promise<void> {
    await localFault(chmod(path, mode));
  }

  async readRange(path: string, offset: number, maxBytes: number): Promise<Uint8Array | null> {
    const read = readRegularFile(path, async (file, size) => {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - offset)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    });
    return nullWhereMissing(read);
  }

  async names(path: string): Promise<readonly string[]> {
    return localFault(readdir(path));
  }

  async list(path: string): Promise<readonly ListedEntry[]> {
    const found: ListedEntry[] = [];
    const visit = async (prefix: string): Promise<void> => {
      for (const name of await readdir(join(path, prefix))) {
        const relative = `${prefix}${name}`;
        const entry = toEntry(await lstat(join(path, relative)));
        found.push({ path: relative, ...entry });
        if (entry.kind === 'directory') await visit(`${relative}/`);
      }
    };
    await localFault(visit(''));
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stat(path: string): Promise<Entry | null> {
    const stats = await nullWhereMissing(lstat(path));
    return stats === null ? null : toEntry(stats);
  }

  realPath(path: string): Promise<string | null> {
    return nullWhereMissing(realpath(path));
  }

  async link(existing: string, path: string): Promise<void> {
    await localFault(link(existing, path));
  }

  async copy(existing: string, path: string, signal?: AbortSignal): Promise<void> {
    await localFault(copyNewFile(existing, path, { flush: false, signal }));
  }

  async rename(from: string, to: string): Promise<void> {
    await localFault(rename(from, to));
  }

  async remove(path: string): Promise<void> {
    await localFault(rm(path, { recursive: true, force: true }));
  }

  hash(path: string, signal?: AbortSignal): Promise<StoredFile> {
    return localFault(hashFile(path, signal));
  }

  async version(path: string): Promise<string | undefined> {
    const { ino, mtimeMs } = await localFault(lstat(path));
    return Date.now() - mtimeMs > TIME_STEP_MS ? `${ino}/${mtimeMs}` : undefined;
  }

  async upload(file: string, path: string, { onProgress, signal }: CopyOptions): Promise<Copied> {
    await localFault(copyNewFile(file, path, { flush: false, onProgress, signal }));
    return { received: await this.hash(path, signal), inPieces: false };
  }

  async download(path: string, file: string, { onProgress, signal }: CopyOptions) {
    await localFault(copyNewFile(path, file, { flush: true, onProgress, signal }));
    const sent = await this.hash(path, signal);
    return { sent, received: await this.hash(file, signal), inPieces: false };
  }

  watch(path: string, onChange: (name: string) => void): (() => void) | undefined {
    return watchDirectory(path, onChange);
  }

  async close(): Promise<void> {
    // Nothing is kept open between calls.
  }
}

async function writeNewFile(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    if (content !== '') await file.writeFile(content);
  } finally {
    await file.close();
  }
}

async function nullWhereMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (isFault(fault, 'missing')) return null;
    throw fault;
  }
}

function toEntry(stats: Stats): Entry {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, bytes: stats.size, modifiedAt: stats.mtimeMs };
}
