import { describe, expect, it } from 'vitest';
import {
  fingerprint,
  KnownHosts,
  keyType,
  knownHostsLine,
} from '../../src/remote/transport/ssh/known-hosts.ts';

function publicKey(type: string, fill: number): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(36, fill)]);
}

const KEY = publicKey('ssh-ed25519', 1);
const OTHER = publicKey('ssh-ed25519', 2);
const line = (names: string, key = KEY): string =>
  `${names} ${keyType(key)} ${key.toString('base64')} comment`;

describe('pinned host keys', () => {
  it('knows a server by its name or, at another port than 22, by both', () => {
    const known = new KnownHosts(`# mine\n\n${line('GPU1.lan,10.0.0.7')}\r\n${line('[gpu2.lan]:2222')}\n`);
    expect(known.verdict('gpu1.LAN', 22, KEY)).toBe('known');
    expect(known.verdict('10.0.0.7', 22, KEY)).toBe('known');
    expect(known.verdict('gpu1.lan', 2222, KEY)).toBe('unknown');
    expect(known.verdict('gpu2.lan', 2222, KEY)).toBe('known');
    expect(known.verdict('gpu2.lan', 22, KEY)).toBe('unknown');
  });

  it('tells a changed key, also of a type that was never pinned, from a host that is not known', () => {
    const known = new KnownHosts(line('gpu1'));
    expect(known.verdict('gpu1', 22, OTHER)).toBe('changed');
    expect(known.verdict('gpu1', 22, publicKey('ssh-rsa', 1))).toBe('changed');
    expect(known.verdict('gpu2', 22, OTHER)).toBe('unknown');
    expect(new KnownHosts(`${line('gpu1')}\n${line('gpu1', OTHER)}`).verdict('gpu1', 22, OTHER)).toBe(
      'known',
    );
  });

  it('reads hashed names as ssh-keygen -H writes them', () => {
    const hashed = '|1|oEgVVWQpkJwDicbfcchCZHk45Uk=|a5tTaBkQ8uPvre7cACubs3D3LSQ=';
    expect(new KnownHosts(line(hashed)).verdict('gpu1.lan', 22, KEY)).toBe('known');
    expect(new KnownHosts(line(hashed)).verdict('gpu2.lan', 22, KEY)).toBe('unknown');
    expect(new KnownHosts(line('|1|broken')).verdict('gpu1.lan', 22, KEY)).toBe('unknown');
  });

  it('reads patterns, exceptions and revoked keys, and takes no authority for a key', () => {
    const known = new KnownHosts(line('*.lan,!bad.lan,10.0.0.?'));
    expect(known.verdict('a.lan', 22, KEY)).toBe('known');
    expect(known.verdict('bad.lan', 22, KEY)).toBe('unknown');
    expect(known.verdict('10.0.0.9', 22, KEY)).toBe('known');
    expect(known.verdict('axlan', 22, KEY)).toBe('unknown');
    const revoked = new KnownHosts(`${line('gpu1')}\n@revoked ${line('*')}`);
    expect(revoked.verdict('gpu1', 22, KEY)).toBe('changed');
    expect(new KnownHosts(`@cert-authority ${line('*')}`).verdict('gpu1', 22, KEY)).toBe('unknown');
  });

  it('tells which types to ask for, and writes the line that it reads', () => {
    const known = new KnownHosts(`${line('gpu1')}\n${line('gpu1', publicKey('ssh-rsa', 1))}`);
    expect(known.types('gpu1', 22)).toEqual(['ssh-ed25519', 'ssh-rsa']);
    for (const port of [22, 2200]) {
      const written = new KnownHosts(knownHostsLine('Gpu1', port, KEY));
      expect(written.verdict('gpu1', port, KEY)).toBe('known');
    }
    expect(fingerprint(KEY)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });
});
