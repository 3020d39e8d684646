import { CosmosError } from '../../../core/errors.ts';
import type { Sha256 } from '../../../core/ids.ts';
import type { StoredFile } from '../../../core/ports/media.ts';
import { type FaultReason, FileFault } from '../file-fault.ts';
import type { CommandResult } from '../transport.ts';
import { runShellScript } from './ssh-command.ts';
import type { SshConnection } from './ssh-connection.ts';

/** Time that every command on files has, and the least speed that is waited for: a busy network disk's. */
const LEAST_MS = 120_000;
const SLOWEST_BYTES_PER_MS = 5_000;
/** A tree of a million files on a network disk. */
const REMOVE_MS = 30 * 60_000;

/** Hashes where the file is. `openssl` first: many times as fast as coreutils' program without its own assembler. */
const HASH_SCRIPT = `if command -v openssl >/dev/null 2>&1; then
  line=$(openssl dgst -sha256 -r <"$1") || exit 1
elif command -v sha256sum >/dev/null 2>&1; then
  line=$(sha256sum <"$1") || exit 1
else
  exit 9
fi
bytes=$(wc -c <"$1") || exit 1
echo "\${line%% *}" $bytes
`;

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
  if (result.exitCode === 9) throw new CosmosError('engine.host_unsupported', { missing: ['sha256sum'] });
  const [, sha256, bytes] = /^([0-9a-f]{64}) +([0-9]+)\n$/.exec(result.stdout) ?? [];
  if (result.exitCode !== 0 || sha256 === undefined) throw commandFault(result);
  return { sha256: sha256 as Sha256, bytes: Number(bytes) };
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
