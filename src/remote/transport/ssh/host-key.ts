import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CosmosError } from '../../../core/errors.ts';
import { openClient } from './open-client.ts';
import { connectionFailure, sshFailure } from './ssh-failure.ts';
import { CONNECT_TIMEOUT_MS, type SshOptions } from './ssh-options.ts';

/** A key that a server has shown and that is not the pinned one. */
export interface ShownHostKey {
  readonly verdict: 'unknown' | 'changed';
  /** The server or the jump host, as `address:port`. */
  readonly server: string;
  readonly keyType: string;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  /** The line that pins it in a known_hosts file. */
  readonly line: string;
}

/**
 * The first host key on the way to a host that is not pinned; undefined where all are, and the bot is let in. Throws
 * the other `ssh.*` errors. Once it was pinned, the next call may show the key behind it.
 */
export async function untrustedHostKey(
  options: SshOptions,
  signal?: AbortSignal,
): Promise<ShownHostKey | undefined> {
  const timeout = AbortSignal.timeout(2 * (options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS));
  try {
    const { end } = await openClient(options, signal ? AbortSignal.any([signal, timeout]) : timeout);
    end();
    return undefined;
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    const { address, port, user } = options;
    const failure = sshFailure(thrown) ?? connectionFailure(thrown, { address, port, user });
    const shown = toShown(failure);
    if (shown === undefined) throw failure;
    return shown;
  }
}

/** Adds a line to a known_hosts file, which it makes where it is missing. Throws `ssh.known_hosts_unreadable`. */
export async function pinHostKey(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a', 0o600);
    await file.close();
    const present = await readFile(path, 'utf8');
    const lineEnd = present === '' || present.endsWith('\n') ? '' : '\n';
    if (!present.split('\n').includes(line)) await appendFile(path, `${lineEnd}${line}\n`);
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    throw new CosmosError('ssh.known_hosts_unreadable', { reason }, { cause: thrown });
  }
}

function toShown({ code, parameters }: CosmosError): ShownHostKey | undefined {
  if (code !== 'ssh.host_key_unknown' && code !== 'ssh.host_key_changed') return undefined;
  const { address, port, keyType, fingerprint, line } = parameters;
  return {
    verdict: code === 'ssh.host_key_unknown' ? 'unknown' : 'changed',
    server: `${address}:${port}`,
    keyType: String(keyType),
    fingerprint: String(fingerprint),
    line: String(line),
  };
}
