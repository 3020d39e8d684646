import { CosmosError } from '../../../core/errors.ts';
import type { StoredFile } from '../../../core/ports/media.ts';
import { type FaultReason, FileFault } from '../file-fault.ts';
import type { CommandResult } from '../transport.ts';
import { HASH_SCRIPT, NO_HASH_PROGRAM, readHash } from './hash-script.ts';
import { runShellScript } from './ssh-command.ts';
import type { SshConnection } from './ssh-connection.ts';

/** Time that every command on files has, and the least speed that is waited for: a busy network disk's. */
const LEAST_MS = 120_000;
const SLOWEST_BYTES_PER_MS = 5_000;
/** A tree of a million files on a network disk. */
const REMOVE_MS = 30 * 60_000;
/** File systems keep times in steps of up to 2 s: a younger file may change again without another time. */
const TIME_STEP_SECONDS = 2;

interface OnHost {
  readonly path: string;
  readonly size: number;
  readonly signal?: AbortSignal | undefined;
}

/** SHA-256 and size. Throws `engine.host_unsupported` where the host has no program for it. */
export async function hashOnHost(connection: SshConnection, file: OnHost): Promise<StoredFile> {
  const { signal } = file;
  const deadlineMs = timeFor(file.size);
  const result = await runShellScript(connection, HASH_SCRIPT, [file.path], { deadlineMs, signal });
  if (result.exitCode === NO_HASH_PROGRAM) {
    throw new CosmosError('engine.host_unsupported', { missing: ['sha256sum'] });
  }
  const hashed = readHash(result.stdout);
  if (result.exitCode !== 0 || hashed === undefined) throw commandFault(result);
  return hashed;
}

/** Fills the empty file `path`. */
export async function copyOnHost(
  connection: SshConnection,
  file: OnHost & { readonly existing: string },
): Promise<void> {
  const { existing, path, size, signal } = file;
  const options = { deadlineMs: timeFor(size), signal };
  const result = await runShellScript(connection, 'cat <"$1" >"$2"', [existing, path], options);
  if (result.exitCode !== 0) throw commandFault(result);
}

/** Written on one line: times in whole seconds, then everything that another content would change. */
const VERSION_SCRIPT = `stat -c '%Y %d.%i.%s.%y' "$1" && date +%s && cat /proc/sys/kernel/random/boot_id`;

/**
 * What is another one as soon as the content of a file is; undefined where the host cannot tell it, or not yet. Without
 * the time of the last change of the inode, since every further link changes that; with the boot, since a loss of power
 * may take content and leave the rest.
 */
export async function versionOnHost(connection: SshConnection, path: string, signal?: AbortSignal) {
  const { exitCode, stdout } = await runShellScript(connection, VERSION_SCRIPT, [path], { signal });
  const [, modified, version, now, boot] = /^(\d+) (.+)\n(\d+)\n(\S+)\n$/.exec(stdout) ?? [];
  if (exitCode !== 0 || version === undefined) return undefined;
  return Number(now) - Number(modified) > TIME_STEP_SECONDS ? `${boot}/${version}` : undefined;
}

/** Removes a directory with all that is in it. */
export async function removeOnHost(connection: SshConnection, path: string): Promise<void> {
  const options = { deadlineMs: REMOVE_MS };
  const result = await runShellScript(connection, 'rm -rf -- "$1"', [path], options);
  if (result.exitCode !== 0) throw commandFault(result);
}

function timeFor(bytes: number): number {
  return LEAST_MS + bytes / SLOWEST_BYTES_PER_MS;
}

/** What programs say in the C locale when a system call fails. */
const MESSAGES: readonly (readonly [text: string, reason: FaultReason])[] = [
  ['No such file or directory', 'missing'],
  ['Permission denied', 'denied'],
  ['Operation not permitted', 'denied'],
  ['No space left on device', 'full'],
  ['Disk quota exceeded', 'full'],
  ['Quota exceeded', 'full'],
  ['File too large', 'full'],
  ['Read-only file system', 'read_only'],
  ['Is a directory', 'wrong_kind'],
];

function commandFault({ exitCode, stderr }: CommandResult): FileFault {
  const known = MESSAGES.find(([text]) => stderr.includes(text));
  return new FileFault(known?.[1] ?? 'input_output', new Error(`exit code ${exitCode}: ${stderr}`));
}
