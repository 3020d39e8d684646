import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One line of a known_hosts file that names keys. */
interface KnownHost {
  /** As written: names, patterns and addresses, or one hashed name. */
  readonly names: string;
  readonly revoked: boolean;
  readonly type: string;
  readonly key: string;
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed';

/** The pinned keys of a known_hosts file in OpenSSH's format; hashed names are read, certificate authorities are not. */
export class KnownHosts {
  readonly #lines: readonly KnownHost[];

  constructor(text: string) {
    this.#lines = text.split('\n').flatMap(parseLine);
  }

  /** Key types that are pinned for a server: the ones to ask it for. */
  types(address: string, port: number): readonly string[] {
    const lines = this.#lines.filter((line) => !line.revoked && isNamed(line.names, address, port));
    return [...new Set(lines.map(({ type }) => type))];
  }

  /** `changed` also for a revoked key and for a key of a type that is not among the pinned ones. */
  verdict(address: string, port: number, offered: Uint8Array): HostKeyVerdict {
    const key = Buffer.from(offered).toString('base64');
    const named = this.#lines.filter((line) => isNamed(line.names, address, port));
    if (named.some((line) => line.revoked && line.key === key)) return 'changed';
    const pinned = named.filter((line) => !line.revoked);
    if (pinned.length === 0) return 'unknown';
    return pinned.some((line) => line.key === key) ? 'known' : 'changed';
  }
}

/** What `ssh-keygen -l` shows: `SHA256:` and the digest without padding. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The line that pins a key, without its end. */
export function knownHostsLine(address: string, port: number, key: Uint8Array): string {
  return `${hostName(address, port)} ${keyType(key)} ${Buffer.from(key).toString('base64')}`;
}

/** The type that a public key names itself: its first string. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return bytes.length < 4 ? '' : bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
}

/** As OpenSSH writes it: the port only where it is another one than 22. */
function hostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function parseLine(line: string): KnownHost[] {
  const words = line.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [names = '', type = '', key = ''] = words;
  if (names === '' || names.startsWith('#') || key === '') return [];
  if (marker !== undefined && marker !== '@revoked') return [];
  return [{ names, revoked: marker === '@revoked', type, key }];
}

function isNamed(names: string, address: string, port: number): boolean {
  const name = hostName(address, port);
  if (names.startsWith('|1|')) return isHashOf(names, name);
  const patterns = names.toLowerCase().split(',');
  const denied = patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1), name));
  return !denied && patterns.some((pattern) => fits(pattern, name));
}

function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  const written = Buffer.from(hash, 'base64');
  return written.length === expected.length && timingSafeEqual(written, expected);
}

/** `*` and `?` stand for any characters and for one. */
function fits(pattern: string, name: string): boolean {
  const expression = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${expression.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
