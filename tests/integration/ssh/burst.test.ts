import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithSshd, startServer, transportTo } from './ssh-server.ts';

/** Longer than the server needs for a whole command, ms. */
const HELD_MS = 150;

describeWithSshd('answers that arrive all at once', () => {
  it('lose nothing: not the outputs, and not how the command ended', async () => {
    const server = await startServer();
    const port = await heldBack(server.port);
    const key = (await server.hostKeyLine()).replace(`:${server.port}`, `:${port}`);
    await writeFile(server.path('known_hosts'), key);
    const transport = transportTo(server, { port });
    // A command with an input has a channel of its own, and runs as soon as that is open.
    const own = await transport.run(['sh', '-c', 'cat; echo err >&2; exit 3'], { input: 'in' });
    expect(own).toEqual({ exitCode: 3, stdout: 'in', stderr: 'err\n', truncated: false });
    expect(await transport.runScript('kill -KILL $$', [], { input: '' })).toMatchObject({ exitCode: 137 });
    expect(await transport.run(['sh', '-c', 'echo out; exit 4'])).toMatchObject({
      exitCode: 4,
      stdout: 'out\n',
    });
  });
});

/** A way to the server on which everything that it says within a while arrives in one piece. */
async function heldBack(port: number): Promise<number> {
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port });
    sockets.add(near).add(far);
    near.pipe(far);
    let held: Buffer[] = [];
    far.on('data', (bytes: Buffer) => {
      if (held.length === 0) {
        setTimeout(() => {
          near.write(Buffer.concat(held));
          held = [];
        }, HELD_MS);
      }
      held.push(bytes);
    });
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => far.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
