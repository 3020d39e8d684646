import { readFile, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { pinHostKey, untrustedHostKey } from '../../../src/remote/transport/ssh/host-key.ts';
import { freePort } from '../../support/openssh-server.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';

describeWithSshd('trusting a host key', () => {
  it('shows the key that is not pinned, and none once it is', async () => {
    const server = await startServer();
    const path = server.path('new/known_hosts');
    const options = { ...server.options, knownHosts: path };
    const shown = await untrustedHostKey(options);
    expect(shown).toEqual({
      verdict: 'unknown',
      server: `127.0.0.1:${server.port}`,
      keyType: 'ssh-ed25519',
      fingerprint: server.fingerprint(),
      line: await server.hostKeyLine(),
    });
    await pinHostKey(path, shown?.line ?? '');
    await pinHostKey(path, shown?.line ?? '');
    expect(await readFile(path, 'utf8')).toBe(`${await server.hostKeyLine()}\n`);
    expect(await untrustedHostKey(options)).toBeUndefined();
  });

  it('shows a changed key as changed, and keeps what the file already held', async () => {
    const server = await startServer();
    await server.changeHostKey();
    await server.stop();
    await server.restart();
    expect(await untrustedHostKey(server.options)).toMatchObject({ verdict: 'changed' });
    await writeFile(server.path('known_hosts'), 'other ssh-ed25519 AAAA');
    await pinHostKey(server.path('known_hosts'), 'line');
    expect(await readFile(server.path('known_hosts'), 'utf8')).toBe('other ssh-ed25519 AAAA\nline\n');
  });

  it('says why there is no key to be seen', async () => {
    const server = await startServer();
    const closed = untrustedHostKey({ ...server.options, port: await freePort() });
    await expect(closed).rejects.toMatchObject({ code: 'ssh.refused' });
    await rm(server.path('user-key'));
    await expect(untrustedHostKey(server.options)).rejects.toMatchObject({ code: 'ssh.key_missing' });
  });
});
