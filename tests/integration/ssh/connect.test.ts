import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { sshFailure } from '../../../src/remote/transport/ssh/ssh-failure.ts';
import type { SshOptions } from '../../../src/remote/transport/ssh/ssh-options.ts';
import type { SshTransport } from '../../../src/remote/transport/ssh/ssh-transport.ts';
import { freePort, makeKey, type OpenSshServer } from '../../support/openssh-server.ts';
import { describeWithSshd, startServer, transportTo } from './ssh-server.ts';

/** The coded error of a call that must fail, and what the caller sees. */
async function failureOf(transport: SshTransport): Promise<{ code: string; parameters: object }> {
  const thrown = await transport.run(['true']).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ code: 'engine.host_unreachable', retryable: true });
  const failure = sshFailure(thrown);
  if (failure === undefined) throw new Error('not an ssh error', { cause: thrown });
  expect(thrown).toMatchObject({ parameters: { reason: failure.code.replace('ssh.', '') } });
  return { code: failure.code, parameters: failure.parameters };
}

async function refusal(server: OpenSshServer, options: Partial<SshOptions>): Promise<string> {
  return (await failureOf(transportTo(server, options))).code;
}

/** A listener that does what a test wants with each connection. */
async function listener(use: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    use(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describeWithSshd('connecting over SSH', () => {
  it('refuses a host key that is not pinned, and shows it with the line that pins it', async () => {
    const server = await startServer();
    await rm(server.path('known_hosts'));
    const { code, parameters } = await failureOf(transportTo(server));
    expect(code).toBe('ssh.host_key_unknown');
    expect(parameters).toMatchObject({
      keyType: 'ssh-ed25519',
      fingerprint: server.fingerprint(),
      line: await server.hostKeyLine(),
    });
  });

  it('goes on as soon as the key was pinned, without another try of its own', async () => {
    const server = await startServer();
    await rm(server.path('known_hosts'));
    const refused = transportTo(server);
    await failureOf(refused);
    await writeFile(server.path('known_hosts'), `${await server.hostKeyLine()}\n`);
    await expect
      .poll(() => refused.run(['true']).catch(() => null), { timeout: 10_000 })
      .toMatchObject({ exitCode: 0 });
  });

  it('refuses a host that shows another key than the pinned one', async () => {
    const server = await startServer();
    await server.changeHostKey();
    await server.stop();
    await server.restart();
    expect(await refusal(server, {})).toBe('ssh.host_key_changed');
  });

  it('says that it is not let in, for a wrong key and for an unknown user alike', async () => {
    const server = await startServer();
    expect(await refusal(server, { keyFile: server.path('other-key') })).toBe('ssh.auth_failed');
    expect(await refusal(server, { user: 'nobody-of-this-name' })).toBe('ssh.auth_failed');
  });

  it('says what is wrong with a key file before it asks the host', async () => {
    const server = await startServer();
    expect(await refusal(server, { keyFile: server.path('nothing') })).toBe('ssh.key_missing');
    expect(await refusal(server, { keyFile: server.path('user-key.pub') })).toBe('ssh.key_permissions');
    await writeFile(server.path('text'), 'no key', { mode: 0o600 });
    expect(await refusal(server, { keyFile: server.path('text') })).toBe('ssh.key_invalid');
    await chmod(server.path('user-key'), 0o640);
    expect(await refusal(server, {})).toBe('ssh.key_permissions');
  });

  it('opens an encrypted key with its passphrase, and says when that is missing or wrong', async () => {
    const server = await startServer();
    makeKey(server.path('locked-key'), 'open sesame');
    await server.allow('locked-key');
    const keyFile = server.path('locked-key');
    const told = (words: string) => ({ keyFile, passphrase: () => Promise.resolve(words) });
    const missing = await failureOf(transportTo(server, { keyFile }));
    expect(missing).toMatchObject({ code: 'ssh.key_passphrase', parameters: { reason: 'missing' } });
    const wrong = await failureOf(transportTo(server, told('wrong')));
    expect(wrong).toMatchObject({ code: 'ssh.key_passphrase', parameters: { reason: 'wrong' } });
    expect(await transportTo(server, told('open sesame')).run(['true'])).toMatchObject({ exitCode: 0 });
  });

  it('asks the agent, and says when there is none', async () => {
    const server = await startServer();
    const agent = await server.startAgent();
    const asking = transportTo(server, { keyFile: undefined, agent });
    expect(await asking.run(['true'])).toMatchObject({ exitCode: 0 });
    expect(await refusal(server, { keyFile: undefined, agent: '' })).toBe('ssh.agent_unavailable');
    const nowhere = server.path('no-agent');
    expect(await refusal(server, { keyFile: undefined, agent: nowhere })).toBe('ssh.agent_unavailable');
  });

  it('tells a closed port, an unknown address, a silent listener and another protocol apart', async () => {
    const server = await startServer();
    expect(await refusal(server, { port: await freePort() })).toBe('ssh.refused');
    expect(await refusal(server, { address: 'no-such-host.invalid' })).toBe('ssh.unknown_host');
    const silent = await listener(() => undefined);
    expect(await refusal(server, { port: silent, connectTimeoutMs: 300 })).toBe('ssh.timed_out');
    const closing = await listener((socket) => socket.destroy());
    expect(await refusal(server, { port: closing })).toBe('ssh.closed');
    const ancient = await listener((socket) => socket.write('SSH-1.5-old\r\n'));
    expect(await refusal(server, { port: ancient })).toBe('ssh.protocol');
  });

  it('reaches a host through a jump host, and says when it is the jump host that refuses', async () => {
    const server = await startServer();
    const jump = { ...server.options };
    const through = transportTo(server, { jump });
    expect(await through.run(['echo', 'through'])).toMatchObject({ stdout: 'through\n' });
    const refused = await failureOf(
      transportTo(server, { jump: { ...jump, keyFile: server.path('other-key') } }),
    );
    expect(refused).toMatchObject({ code: 'ssh.auth_failed', parameters: { jump: '127.0.0.1' } });
    const nowhere = await failureOf(transportTo(server, { jump, port: await freePort() }));
    expect(nowhere.code).toBe('ssh.refused');
  });

  it('ends a call whose caller gives up while a silent host is being asked', async () => {
    const server = await startServer();
    const asked = Promise.withResolvers<void>();
    const port = await listener(() => asked.resolve());
    const transport = transportTo(server, { port });
    const giveUp = new AbortController();
    const call = transport.run(['true'], { signal: giveUp.signal });
    await asked.promise;
    giveUp.abort(new Error('given up'));
    await expect(call).rejects.toThrow('given up');
    const closed = transport.stat('/');
    await transport.close();
    await expect(closed).rejects.toMatchObject({ code: 'engine.host_unreachable' });
  });
});
