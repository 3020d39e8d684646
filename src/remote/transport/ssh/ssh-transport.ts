import { dirname } from 'node:path/posix';
import type { Stats } from 'ssh2';
import type { StoredFile } from '../../../core/ports/media.ts';
import { receiveFile } from '../../transfer/receive-file.ts';
import { sendFile } from '../../transfer/send-file.ts';
import { FileFault, isFault } from '../file-fault.ts';
import type {
  CommandOptions,
  CommandResult,
  Copied,
  CopyOptions,
  Entry,
  LaunchOptions,
  ListedEntry,
  Transport,
} from '../transport.ts';
import { copyOnHost, hashOnHost, removeOnHost, versionOnHost } from './host-files.ts';
import type { SftpSession } from './sftp-session.ts';
import { launchProgram, runProgram, runShellScript } from './ssh-command.ts';
import { SshConnection } from './ssh-connection.ts';
import type { SshOptions } from './ssh-options.ts';

/** A host behind an SSH server: files over SFTP, programs by its shell. Connects at the first call. */
export class SshTransport implements Transport {
  readonly requiredPrograms = ['cat', 'dd', 'env', 'rm', 'setsid', 'wc'];
  readonly resumes = true;
  readonly #connection: SshConnection;

  constructor(options: SshOptions) {
    this.#connection = new SshConnection(options);
  }

  run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
    return runProgram(this.#connection, argv, options);
  }

  runScript(
    script: string,
    parameters: readonly string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return runShellScript(this.#connection, script, parameters, options);
  }

  launch(argv: readonly [string, ...string[]], options: LaunchOptions): Promise<string> {
    return launchProgram(this.#connection, argv, options);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#files((session) => session.makeDirectory(path));
  }

  makeDirectories(path: string): Promise<void> {
    return this.#files((session) => makeDirectories(session, path));
  }

  createFile(path: string, content: string, mode: number): Promise<void> {
    return this.#files(async (session) => {
      const handle = await session.createExclusively(path, mode);
      try {
        const bytes = Buffer.from(content);
        if (bytes.length > 0) await session.write(handle, bytes, 0, path);
      } finally {
        await session.closeHandle(handle);
      }
    });
  }

  changeMode(path: string, mode: number): Promise<void> {
    return this.#files((session) => session.changeMode(path, mode));
  }

  readRange(path: string, offset: number, maxBytes: number): Promise<Uint8Array | null> {
    return this.#files((session) =>
      nullWhereMissing(async () => {
        const { size } = await requireRegular(session, path);
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - offset)));
        const handle = await session.open(path, 'r');
        try {
          return bytes.subarray(0, await session.readInto(handle, bytes, offset));
        } finally {
          await session.closeHandle(handle);
        }
      }),
    );
  }

  names(path: string): Promise<readonly string[]> {
    return this.#files(async (session) =>
      (await session.readDirectory(path)).map(({ filename }) => filename),
    );
  }

  list(path: string): Promise<readonly ListedEntry[]> {
    return this.#files(async (session) => {
      const found: ListedEntry[] = [];
      const visit = async (prefix: string): Promise<void> => {
        for (const { filename, attrs } of await session.readDirectory(`${path}/${prefix}`)) {
          const entry = toEntry(attrs);
          found.push({ path: `${prefix}${filename}`, ...entry });
          if (entry.kind === 'directory') await visit(`${prefix}${filename}/`);
        }
      };
      await visit('');
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    });
  }

  stat(path: string): Promise<Entry | null> {
    return this.#files((session) => nullWhereMissing(async () => toEntry(await session.lstat(path))));
  }

  realPath(path: string): Promise<string | null> {
    return this.#files((session) =>
      nullWhereMissing(async () => {
        const real = await session.realPath(path);
        // The server also resolves a path whose last part is not there.
        await session.stat(real);
        return real;
      }),
    );
  }

  link(existing: string, path: string): Promise<void> {
    return this.#files((session) => session.link(existing, path));
  }

  async copy(existing: string, path: string, signal?: AbortSignal): Promise<void> {
    const size = await this.#files(async (session) => {
      const stats = await requireRegular(session, existing);
      await session.closeHandle(await session.createExclusively(path, 0o644));
      return stats.size;
    }, signal);
    await copyOnHost(this.#connection, { existing, path, size, signal });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#files((session) => session.rename(from, to));
  }

  async remove(path: string): Promise<void> {
    const isDirectory = await this.#files(async (session) => {
      try {
        if ((await session.lstat(path)).isDirectory()) return true;
        await session.unlink(path);
      } catch (thrown) {
        if (!isFault(thrown, 'missing')) throw thrown;
      }
      return false;
    });
    if (isDirectory) await removeOnHost(this.#connection, path);
  }

  async hash(path: string, signal?: AbortSignal): Promise<StoredFile> {
    const { size } = await this.#files((session) => requireRegular(session, path), signal);
    return hashOnHost(this.#connection, { path, size, signal });
  }

  version(path: string, signal?: AbortSignal): Promise<string | undefined> {
    return versionOnHost(this.#connection, path, signal);
  }

  upload(file: string, path: string, options: CopyOptions): Promise<Copied> {
    return sendFile(this.#connection, { file, path, ...options });
  }

  async download(path: string, file: string, options: CopyOptions) {
    const { size } = await this.#files((session) => requireRegular(session, path), options.signal);
    return receiveFile(this.#connection, { path, file, size, ...options });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #files<T>(use: (session: SftpSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#connection.files(use, { signal });
  }
}

/** Looked at before it is opened: the server would wait for ever to open a pipe, and follow a link. */
async function requireRegular(session: SftpSession, path: string): Promise<Stats> {
  const stats = await session.lstat(path);
  if (!stats.isFile()) throw new FileFault('wrong_kind', new Error('not a regular file'));
  return stats;
}

async function makeDirectories(session: SftpSession, path: string): Promise<void> {
  try {
    if ((await session.stat(path)).isDirectory()) return;
  } catch (thrown) {
    if (!isFault(thrown, 'missing')) throw thrown;
    if (dirname(path) !== path) await makeDirectories(session, dirname(path));
  }
  try {
    await session.makeDirectory(path);
  } catch (thrown) {
    // Somebody else was faster.
    if (!isFault(thrown, 'exists') || !(await session.stat(path)).isDirectory()) throw thrown;
  }
}

async function nullWhereMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isFault(thrown, 'missing')) return null;
    throw thrown;
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
  return { kind, bytes: stats.size, modifiedAt: stats.mtime * 1000 };
}
