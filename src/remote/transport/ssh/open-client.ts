import { readFile } from 'node:fs/promises';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { CosmosError } from '../../../core/errors.ts';
import { fingerprint, KnownHosts, keyType, knownHostsLine } from './known-hosts.ts';
import { readPrivateKey } from './private-key.ts';
import { connectionFailure } from './ssh-failure.ts';
import { CONNECT_TIMEOUT_MS, type SshOptions, type SshServer } from './ssh-options.ts';

/** A dead connection is noticed after 30 s, which idle firewalls and address translators do not end either. */
const KEEPALIVE_MS = 10_000;
const KEEPALIVE_COUNT = 3;

/** Key types in the order of preference, with the signatures that each is used with. */
const SIGNATURES: readonly (readonly [type: string, algorithms: readonly ServerHostKeyAlgorithm[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
];

/** A client that was let in, and what has to be ended with it. */
export interface OpenClient {
  readonly client: Client;
  readonly end: () => void;
}

/**
 * Connects, through the jump host where there is one. Throws `ssh.*` errors; those of the jump host have `jump`, its
 * address, among their parameters.
 */
export async function openClient(options: SshOptions, signal: AbortSignal): Promise<OpenClient> {
  const known = await readKnownHosts(options.knownHosts);
  if (options.jump === undefined) {
    const client = await letIn({ server: options, options, known, signal });
    return { client, end: () => client.destroy() };
  }
  const jump = await letIn({ server: options.jump, options, known, signal, isJump: true });
  try {
    const client = await letIn({ server: options, options, known, signal, through: jump });
    client.once('close', () => jump.destroy());
    jump.once('close', () => client.destroy());
    return {
      client,
      end: () => {
        client.destroy();
        jump.destroy();
      },
    };
  } catch (thrown) {
    jump.destroy();
    throw thrown;
  }
}

/** A missing file pins nothing. Throws `ssh.known_hosts_unreadable`. */
async function readKnownHosts(path: string): Promise<KnownHosts> {
  try {
    return new KnownHosts(await readFile(path, 'utf8'));
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    if (reason === 'ENOENT') return new KnownHosts('');
    throw new CosmosError('ssh.known_hosts_unreadable', { reason }, { cause: thrown });
  }
}

interface LetInOptions {
  readonly server: SshServer;
  readonly options: SshOptions;
  readonly known: KnownHosts;
  readonly signal: AbortSignal;
  readonly isJump?: boolean;
  readonly through?: Client;
}

async function letIn({ server, options, known, signal, isJump, through }: LetInOptions): Promise<Client> {
  const { address, port, user } = server;
  const where = { address, port, user, ...(isJump && { jump: address }) };
  const credentials = await readCredentials(server);
  const pinned = known.types(address, port);
  let refused: CosmosError | undefined;
  const config: ConnectConfig = {
    host: address,
    port,
    username: user,
    ...credentials,
    keepaliveInterval: options.keepaliveMs ?? KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    readyTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    algorithms: { serverHostKey: preferred(pinned) },
    hostVerifier: (key: Buffer) => {
      const verdict = known.verdict(address, port, key);
      if (verdict === 'known') return true;
      refused = new CosmosError(verdict === 'unknown' ? 'ssh.host_key_unknown' : 'ssh.host_key_changed', {
        ...where,
        keyType: keyType(key),
        fingerprint: fingerprint(key),
        line: knownHostsLine(address, port, key),
      });
      return false;
    },
  };
  try {
    if (through !== undefined) config.sock = await forwarded(through, server, signal);
    return await connected(config, signal);
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw refused ?? connectionFailure(thrown, where);
  }
}

async function readCredentials(server: SshServer): Promise<ConnectConfig> {
  const config: ConnectConfig = { authHandler: [] };
  const methods: ('publickey' | 'agent')[] = [];
  if (server.keyFile !== undefined) {
    Object.assign(config, await readPrivateKey(server));
    methods.push('publickey');
  }
  if (server.agent !== undefined) {
    if (server.agent === '') throw new CosmosError('ssh.agent_unavailable', { reason: 'no_socket' });
    config.agent = server.agent;
    methods.push('agent');
  }
  config.authHandler = methods;
  return config;
}

/** The pinned types first: a server has several keys and shows the first type that it is asked for. */
function preferred(pinned: readonly string[]): ServerHostKeyAlgorithm[] {
  const first = SIGNATURES.filter(([type]) => pinned.includes(type));
  const others = SIGNATURES.filter(([type]) => !pinned.includes(type));
  return [...first, ...others].flatMap(([, algorithms]) => algorithms);
}

async function connected(config: ConnectConfig, signal: AbortSignal): Promise<Client> {
  const { default: ssh2 } = await import('ssh2');
  signal.throwIfAborted();
  const client = new ssh2.Client();
  const ready = Promise.withResolvers<void>();
  const onAbort = (): void => ready.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  client.on('ready', ready.resolve);
  // Stays for good: the library may report several errors, and one without a listener would end the process.
  client.on('error', ready.reject);
  client.on('close', () => ready.reject(Object.assign(new Error('closed'), { level: 'client-socket' })));
  try {
    client.connect(config);
    await ready.promise;
    // Without it small requests wait for the other side's delayed acknowledgements: a quarter of the speed.
    client.setNoDelay(true);
    return client;
  } catch (thrown) {
    client.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function forwarded(
  through: Client,
  server: SshServer,
  signal: AbortSignal,
): Promise<NonNullable<ConnectConfig['sock']>> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    through.once('close', () => reject(Object.assign(new Error('closed'), { level: 'client-socket' })));
    through.forwardOut('127.0.0.1', 0, server.address, server.port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(Object.assign(error, { code: 'ECONNREFUSED' }));
    });
  });
}
