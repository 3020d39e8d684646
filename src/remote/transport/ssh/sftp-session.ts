import type { Client, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import { FileFault } from '../file-fault.ts';
import { type FaultHints, sftpFault } from './sftp-fault.ts';

/** What an SFTP server says of a file system. */
export interface FileSystemFacts {
  readonly freeBytes: number;
  readonly freeFiles: number;
  readonly isReadOnly: boolean;
}

/** Bit of `f_flag` in the statvfs answer of OpenSSH. */
const READ_ONLY_FLAG = 1;

/** One SFTP channel with promises; each operation throws a `FileFault`. */
export class SftpSession {
  readonly #sftp: SFTPWrapper;
  #isOver = false;

  private constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
    const over = (): void => {
      this.#isOver = true;
    };
    sftp.on('close', over);
    sftp.on('error', over);
  }

  static open(client: Client): Promise<SftpSession> {
    return new Promise((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error === undefined) resolve(new SftpSession(sftp));
        else reject(error);
      });
    });
  }

  /** True when the channel can be used no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#sftp.end();
  }

  lstat(path: string): Promise<Stats> {
    return this.#ask<Stats>((done) => this.#sftp.lstat(path, done));
  }

  stat(path: string): Promise<Stats> {
    return this.#ask<Stats>((done) => this.#sftp.stat(path, done));
  }

  realPath(path: string): Promise<string> {
    return this.#ask<string>((done) => this.#sftp.realpath(path, done));
  }

  readDirectory(path: string): Promise<FileEntryWithStats[]> {
    return this.#ask<FileEntryWithStats[]>((done) => this.#sftp.readdir(path, done));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#do((done) => this.#sftp.mkdir(path, done), { path, taken: path });
  }

  changeMode(path: string, mode: number): Promise<void> {
    return this.#do((done) => this.#sftp.chmod(path, mode, done), { path });
  }

  unlink(path: string): Promise<void> {
    return this.#do((done) => this.#sftp.unlink(path, done), { path });
  }

  link(existing: string, path: string): Promise<void> {
    const hints = { path, taken: path, otherwise: 'unsupported' } as const;
    return this.#do((done) => this.#sftp.ext_openssh_hardlink(existing, path, done), hints);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do((done) => this.#sftp.ext_openssh_rename(from, to, done), { path: to, source: from });
  }

  /** Makes a file for writing; `exists` where the name is taken by anything. */
  createExclusively(path: string, mode: number): Promise<Buffer> {
    return this.#ask<Buffer>((done) => this.#sftp.open(path, 'wx', mode, done), { path, taken: path });
  }

  open(path: string, flags: 'r' | 'r+'): Promise<Buffer> {
    return this.#ask<Buffer>((done) => this.#sftp.open(path, flags, done), { path });
  }

  closeHandle(handle: Buffer): Promise<void> {
    return this.#do((done) => this.#sftp.close(handle, done));
  }

  /** Bytes that were read into `into`: fewer than it holds at the end of the file only. */
  async readInto(handle: Buffer, into: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const count = await this.#readOnce(handle, into.subarray(done), position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** `path` is where a failed write looks for the reason. */
  write(handle: Buffer, bytes: Buffer, position: number, path: string): Promise<void> {
    return this.#do((done) => this.#sftp.write(handle, bytes, 0, bytes.length, position, done), { path });
  }

  /** Facts of the file system that holds `path`; undefined where the server cannot tell. */
  async fileSystem(path: string): Promise<FileSystemFacts | undefined> {
    const found = await new Promise<unknown>((resolve) => {
      try {
        this.#sftp.ext_openssh_statvfs(path, (error, facts: unknown) => resolve(error ? undefined : facts));
      } catch (thrown) {
        // Thrown by the library where the server does not know the extension.
        resolve(thrown instanceof Error ? undefined : thrown);
      }
    });
    if (typeof found !== 'object' || found === null) return undefined;
    const fact = (name: string): number => Number(Reflect.get(found, name) ?? 0);
    return {
      freeBytes: fact('f_bavail') * fact('f_frsize'),
      // File systems without a fixed number of files say that they have none at all.
      freeFiles: fact('f_files') === 0 ? Number.POSITIVE_INFINITY : fact('f_favail'),
      isReadOnly: (fact('f_flag') & READ_ONLY_FLAG) !== 0,
    };
  }

  #readOnce(handle: Buffer, into: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#sftp.read(handle, into, 0, into.length, position, (error, count) => {
        if (error === undefined || error === null) resolve(count);
        else if ('code' in error && error.code === END_OF_FILE) resolve(0);
        else sftpFault(error, this).then(reject, reject);
      });
    });
  }

  #do(begin: (done: (error?: Error | null) => void) => void, hints?: FaultHints): Promise<void> {
    return this.#ask<void>((done) => begin((error) => done(error, undefined)), hints);
  }

  #ask<T>(
    begin: (done: (error: Error | null | undefined, value: T) => void) => void,
    hints?: FaultHints,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      try {
        begin((error, value) => {
          if (error === undefined || error === null) resolve(value);
          else sftpFault(error, this, hints).then(reject, reject);
        });
      } catch (thrown) {
        // Thrown by the library where the server does not know an extension.
        reject(new FileFault('unsupported', thrown));
      }
    });
  }
}

const END_OF_FILE = 1;
