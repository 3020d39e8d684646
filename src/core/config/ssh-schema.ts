import { z } from 'zod';
import type { ErrorCode, ErrorParameters } from '../errors.ts';
import type { SshConfig, SshServerConfig } from './config.ts';
import { pathSchema } from './names.ts';
import { resolveHomePath } from './resolve-home-path.ts';
import { secretSchema } from './secret.ts';

/** A name or an address; the user and the port have keys of their own. */
const addressSchema = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9:][A-Za-z0-9._:%-]*$/);
const portSchema = z.int().min(1).max(65_535);
const userSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/);
const agentSchema = z.union([z.boolean(), pathSchema]);

const jumpSchema = z.strictObject({
  address: addressSchema.describe('Name or address of the SSH server in between.'),
  port: portSchema.default(22).describe('Its SSH port.'),
  user: z.exactOptional(userSchema).describe('The user there. Default: that of the host.'),
  key_file: z.exactOptional(pathSchema).describe('Its private key. Default: how the host is entered.'),
});

/** Keys of a host that the transport `ssh` alone reads. */
export const sshKeys = {
  address: z.exactOptional(addressSchema).describe('Name or address of the host; needed for `ssh`.'),
  port: z.exactOptional(portSchema).describe('SSH port of the host. Default: 22.'),
  user: z
    .exactOptional(userSchema)
    .describe('The user that the bot is on the host. Default: the one that runs the bot.'),
  key_file: z
    .exactOptional(pathSchema)
    .describe('Private key; relative to this file, `~/` is your home. Only you may be able to read it.'),
  key_passphrase: z
    .exactOptional(secretSchema)
    .describe('Where the passphrase of the key is: `{ env = "NAME" }` or `{ file = "path" }`.'),
  agent: z
    .exactOptional(agentSchema)
    .describe('Ask the SSH agent of `SSH_AUTH_SOCK`, or of this socket. Default: where no `key_file` is.'),
  known_hosts: z
    .exactOptional(pathSchema)
    .describe(
      "File with the pinned host keys, in OpenSSH's format. Default: `known_hosts` in the data directory.",
    ),
  jump: z.exactOptional(jumpSchema).describe('SSH server through which the host is reached.'),
} as const;

type SshSettings = { readonly [Key in keyof typeof sshKeys]?: z.output<(typeof sshKeys)[Key]> };

interface TransportSettings extends SshSettings {
  readonly transport: string;
  readonly work_dir?: string;
}

/**
 * What only the whole host shows: `ssh` needs `address` and an absolute `work_dir` (`config.missing_key`,
 * `config.invalid_value`), and a way to be let in; the keys of `ssh` mean nothing elsewhere (`config.invalid_value`).
 */
export function checkTransport(host: TransportSettings, context: z.core.$RefinementCtx): void {
  const add = (code: ErrorCode, parameters: ErrorParameters, path: string[] = []): void => {
    context.addIssue({ code: 'custom', path, params: { code, parameters } });
  };
  const given = Object.keys(sshKeys).filter((key) => Reflect.get(host, key) !== undefined);
  if (host.transport !== 'ssh') {
    for (const key of given) add('config.invalid_value', { reason: 'ssh_only' }, [key]);
    return;
  }
  const missing = (['address', 'work_dir'] as const).filter((key) => host[key] === undefined);
  for (const key of missing) add('config.missing_key', { keys: [key] });
  if (host.work_dir !== undefined && !host.work_dir.startsWith('/')) {
    add('config.invalid_value', { given: host.work_dir, reason: 'relative' }, ['work_dir']);
  }
  if (host.agent === false && host.key_file === undefined) add('config.missing_key', { keys: ['key_file'] });
  if (host.key_passphrase !== undefined && host.key_file === undefined) {
    add('config.missing_key', { keys: ['key_file'] });
  }
}

/** The settings of a host of the transport `ssh`, checked by `checkTransport`. */
export function toSsh(
  host: SshSettings,
  places: { readonly directory: string; readonly dataDirectory: string },
): SshConfig {
  const path = (written: string): string => resolveHomePath(places.directory, written);
  const { agent = host.key_file === undefined } = host;
  const server: Omit<SshServerConfig, 'address' | 'port'> = {
    ...(host.user !== undefined && { user: host.user }),
    ...(host.key_file !== undefined && { keyFile: path(host.key_file) }),
    ...(host.key_passphrase !== undefined && { keyPassphrase: host.key_passphrase }),
    ...(agent !== false && { agent: agent === true ? true : path(agent) }),
  };
  return {
    ...server,
    address: host.address ?? '',
    port: host.port ?? 22,
    knownHosts: path(host.known_hosts ?? `${places.dataDirectory}/known_hosts`),
    ...(host.jump !== undefined && { jump: toJump(host.jump, server, path) }),
  };
}

function toJump(
  jump: z.output<typeof jumpSchema>,
  host: Omit<SshServerConfig, 'address' | 'port'>,
  path: (written: string) => string,
): SshServerConfig {
  const { address, port, user, key_file } = jump;
  const { keyPassphrase: _, agent: __, ...withoutOwnKey } = host;
  return {
    ...(key_file === undefined ? host : { ...withoutOwnKey, keyFile: path(key_file) }),
    ...(user !== undefined && { user }),
    address,
    port,
  };
}
