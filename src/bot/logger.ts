import { dirname } from 'node:path';
import { destination, type Logger, pino } from 'pino';
import type { Config } from '../core/config/config.ts';
import { ensureDirectory } from '../core/ensure-directory.ts';

/** Names of fields that may hold a secret, at any place where the bot logs an object. */
const SECRET_FIELDS = [
  'token',
  'secret',
  'password',
  'passphrase',
  'authorization',
  'cookie',
  'apiKey',
  'privateKey',
];

/**
 * A structured logger that writes JSON lines to standard error, or to `file` where standard error belongs to a person's
 * screen. Secrets are hidden by name; resolved ones hide themselves.
 */
export function openLogger(level: Config['log']['level'], file?: string): Logger {
  if (file !== undefined) ensureDirectory(dirname(file));
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[hidden]',
      },
    },
    destination({ dest: file ?? 2, sync: true }),
  );
}
