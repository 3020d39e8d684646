import { describe, expect, it } from 'vitest';
import type { SshHostConfig } from '../../../src/core/config/config.ts';
import { loadToml, problemsOf } from './config-files.ts';

const HOST = 'name = "gpu1"\nmodels = ["m"]\ntransport = "ssh"\n';
const WHOLE = `${HOST}address = "gpu1.lan"\nwork_dir = "/data/cosmos"\n`;

function sshHost(toml: string): SshHostConfig {
  const loaded = loadToml(`[[hosts]]\n${toml}`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const [host] = loaded.value.hosts;
  if (host?.transport !== 'ssh') throw new Error('not over SSH');
  return host;
}

describe('a host over SSH', () => {
  it('needs an address and a work directory; the agent is asked where there is no key', () => {
    const { ssh, workDirectory } = sshHost(WHOLE);
    expect(workDirectory).toBe('/data/cosmos');
    expect(ssh).toEqual({
      address: 'gpu1.lan',
      port: 22,
      agent: true,
      knownHosts: expect.stringMatching(/^\/.*\/data\/known_hosts$/),
    });
  });

  it('has every key in its own words, with relative paths made absolute and the home left for later', () => {
    const { ssh } = sshHost(
      `${WHOLE}port = 2222\nuser = "cosmos"\nkey_file = "~/.ssh/key"\nkey_passphrase = { env = "PASS" }\n` +
        'agent = "agent.sock"\nknown_hosts = "/etc/pinned"\njump = { address = "gate" }\n',
    );
    const door = {
      user: 'cosmos',
      keyFile: '~/.ssh/key',
      keyPassphrase: { env: 'PASS' },
      agent: expect.stringMatching(/^\/.*\/agent\.sock$/),
    };
    expect(ssh).toEqual({
      ...door,
      address: 'gpu1.lan',
      port: 2222,
      knownHosts: '/etc/pinned',
      jump: { ...door, address: 'gate', port: 22 },
    });
  });

  it('enters a jump host with its own key alone, where it has one', () => {
    const jump = 'jump = { address = "gate", user = "me", port = 23, key_file = "/keys/gate" }';
    const { ssh } = sshHost(`${WHOLE}key_file = "/keys/gpu"\nkey_passphrase = { env = "PASS" }\n${jump}`);
    expect(ssh.jump).toEqual({ address: 'gate', port: 23, user: 'me', keyFile: '/keys/gate' });
  });

  it.each([
    [HOST, 'config.missing_key', { where: 'hosts[0]', keys: ['address'] }],
    [HOST, 'config.missing_key', { where: 'hosts[0]', keys: ['work_dir'] }],
    [
      WHOLE.replace('/data', 'data'),
      'config.invalid_value',
      { where: 'hosts[0].work_dir', reason: 'relative' },
    ],
    [`${WHOLE}agent = false`, 'config.missing_key', { where: 'hosts[0]', keys: ['key_file'] }],
    [`${WHOLE}key_passphrase = { env = "P" }`, 'config.missing_key', { keys: ['key_file'] }],
    [`${WHOLE}key_passphrase = "hunter2"`, 'config.secret_inline', { where: 'hosts[0].key_passphrase' }],
    [`${WHOLE}port = 0`, 'config.out_of_range', { where: 'hosts[0].port' }],
    [`${WHOLE}keyfile = "x"`, 'config.unknown_key', { key: 'keyfile', nearest: 'key_file' }],
    [`${WHOLE.replace('gpu1.lan', 'me@gpu1')}`, 'config.invalid_name', { where: 'hosts[0].address' }],
    [
      WHOLE.replace('"ssh"', '"local"'),
      'config.invalid_value',
      { where: 'hosts[0].address', reason: 'ssh_only' },
    ],
  ])('says what is wrong: %j is %s', (toml, code, parameters) => {
    const problems = problemsOf(loadToml(`[[hosts]]\n${toml}`));
    expect(problems).toContainEqual({ code, parameters: expect.objectContaining(parameters) });
  });
});
