import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../../../core/ports/secret.ts';

const NAME_CHARACTERS = 20;

/**
 * What a process locks while it listens with a token, whatever its data directory is: Discord sends everything to each
 * connection of a token, and two bots would answer everything twice. Other machines are not seen.
 */
export function tokenLockPath(token: Secret, directory: string = tmpdir()): string {
  const name = createHash('sha256')
    .update(`cosmos ${token.reveal()}`)
    .digest('hex')
    .slice(0, NAME_CHARACTERS);
  return join(directory, `cosmos-bot-${process.getuid?.() ?? 0}`, `discord-${name}.lock`);
}
