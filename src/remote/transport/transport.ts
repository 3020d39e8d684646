import type { TransferProgress } from '../../core/ports/host.ts';
import type { StoredFile } from '../../core/ports/media.ts';

/** Bounds of a command: nothing runs or answers without end. */
export interface CommandOptions {
  /** Given to standard input, which is closed after it. */
  readonly input?: string | Uint8Array;
  /** Bytes kept of each output; what comes after is thrown away and `truncated` is set. */
  readonly maxOutputBytes?: number;
  /** After this many ms the command is ended and the call throws `engine.host_unreachable`. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** 128 + n where the command ended by signal n. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface LaunchOptions {
  readonly workingDirectory: string;
  /** The whole environment beside PATH and HOME, which are the host's. */
  readonly environment: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type EntryKind = 'file' | 'directory' | 'link' | 'other';

export interface Entry {
  readonly kind: EntryKind;
  readonly bytes: number;
  /** By the host's own clock, ms: to be compared with other entries of that host only. */
  readonly modifiedAt: number;
}

export interface ListedEntry extends Entry {
  /** Relative to the listed directory, with forward slashes. */
  readonly path: string;
}

export interface CopyOptions {
  readonly onProgress: TransferProgress;
  /** Goes on with what a copy of the very same file that was cut off has left under the name; else that must be free. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Copied {
  /** What the receiving end has now, by its own reading. */
  readonly received: StoredFile;
  /** True where it came in several goes: what an earlier one has left, or a connection that broke, may be wrong. */
  readonly inPieces: boolean;
}

/**
 * How a host is reached: commands and files, nothing about attempts. All paths are absolute paths of the host.
 *
 * File operations throw `FileFault` (see `file-fault.ts`); commands throw `engine.host_unreachable` where no answer
 * came, and `engine.host_unsupported` where the host has no such shell. An aborted call throws the signal's reason.
 */
export interface Transport {
  /** Programs that the host must have for this transport's sake. */
  readonly requiredPrograms: readonly string[];

  /** Runs a program to its end. */
  run(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<CommandResult>;
  /** Runs a POSIX shell script to its end; `parameters` are its `$1`, `$2`, … */
  runScript(script: string, parameters: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /**
   * Starts a program in a session of its own, which outlives this process and the connection. Resolves with what it
   * wrote to its standard output until it closed it; a deadline or an abort leaves it running.
   */
  launch(argv: readonly [string, ...string[]], options: LaunchOptions): Promise<string>;

  /** Makes one directory; `exists` where the name is taken. */
  makeDirectory(path: string): Promise<void>;
  /** Makes a directory and its parents, where they are missing. */
  makeDirectories(path: string): Promise<void>;
  /** Makes a file with content; `exists` where the name is taken, whatever holds it. */
  createFile(path: string, content: string, mode: number): Promise<void>;
  changeMode(path: string, mode: number): Promise<void>;
  /** The bytes from `offset`, at most `maxBytes`; null where there is no such file. `wrong_kind` for a link, a pipe and the like. */
  readRange(path: string, offset: number, maxBytes: number): Promise<Uint8Array | null>;
  /** Names in one directory, in no order. */
  names(path: string): Promise<readonly string[]>;
  /** Everything below a directory, in order of path; links are not followed. */
  list(path: string): Promise<readonly ListedEntry[]>;
  /** What holds the name (a link itself, not its target); null for nothing. */
  stat(path: string): Promise<Entry | null>;
  /** The path with all links followed; null where it leads nowhere. */
  realPath(path: string): Promise<string | null>;
  /** A second name for a file; `exists` where the name is taken, `unsupported` where the file system has no links. */
  link(existing: string, path: string): Promise<void>;
  /** Copies a file within the host; `exists` where the name is taken. */
  copy(existing: string, path: string, signal?: AbortSignal): Promise<void>;
  /** Atomic; replaces a file, and takes the place of an empty directory only. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a directory with all that is in it; nothing there is no fault. */
  remove(path: string): Promise<void>;
  /** SHA-256 and size of what the host has there. */
  hash(path: string, signal?: AbortSignal): Promise<StoredFile>;

  /**
   * What is another one as soon as the content of a file is; undefined where the host cannot tell, or cannot tell yet.
   * Further links to the file do not change it.
   */
  version(path: string, signal?: AbortSignal): Promise<string | undefined>;

  /** Whether a copy that was cut off can be resumed. */
  readonly resumes: boolean;
  /** Copies a file of ours to the host. What fails leaves a part of it there. */
  upload(file: string, path: string, options: CopyOptions): Promise<Copied>;
  /**
   * Copies a file of the host to ours, flushed to the disk; never follows a link. What fails leaves a part of it here.
   * `sent` is what the host has, by its own reading.
   */
  download(path: string, file: string, options: CopyOptions): Promise<Copied & { readonly sent: StoredFile }>;

  /**
   * Where the transport can tell: calls `onChange` with the name of what changed in a directory, until the returned
   * function is called. `undefined` where it cannot be watched.
   */
  watch?(path: string, onChange: (name: string) => void): (() => void) | undefined;

  close(): Promise<void>;
}
