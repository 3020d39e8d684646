import { readFile, stat } from 'node:fs/promises';
import { CosmosError } from '../../../core/errors.ts';
import type { SshServer } from './ssh-options.ts';

/** Bits with which the group or others could read or change the key. */
const OTHERS = 0o077;

export interface PrivateKey {
  readonly privateKey: Buffer;
  readonly passphrase?: string;
}

/**
 * Reads a key file. Throws `ssh.key_missing`, `ssh.key_permissions`, `ssh.key_passphrase` (`reason`: `missing` or
 * `wrong`) and `ssh.key_invalid`; no path is in their parameters, only in their cause.
 */
export async function readPrivateKey(server: SshServer): Promise<PrivateKey> {
  const { keyFile = '' } = server;
  const privateKey = await readKeyFile(keyFile);
  const passphrase = await server.passphrase?.();
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (parsed instanceof Error) throw unusable(parsed, passphrase !== undefined);
  return { privateKey, ...(passphrase !== undefined && { passphrase }) };
}

async function readKeyFile(path: string): Promise<Buffer> {
  try {
    const { mode } = await stat(path);
    // Windows has no such bits.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw new CosmosError('ssh.key_permissions', { mode: shown });
    }
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof CosmosError) throw thrown;
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    throw new CosmosError('ssh.key_missing', { reason }, { cause: thrown });
  }
}

function unusable(problem: Error, hadPassphrase: boolean): CosmosError {
  // The library has no codes for this; what it says is all that tells an encrypted key from no key.
  const isAboutPassphrase = /passphrase|decrypt|integrity/i.test(problem.message);
  if (!isAboutPassphrase) return new CosmosError('ssh.key_invalid', {}, { cause: problem });
  return new CosmosError(
    'ssh.key_passphrase',
    { reason: hadPassphrase ? 'wrong' : 'missing' },
    { cause: problem },
  );
}
