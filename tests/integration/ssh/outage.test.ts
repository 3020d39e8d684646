import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { makeHost, scriptPlan, WAIT } from '../remote/process-host.ts';
import { describeWithSshd, startServer, transportTo, unreachable } from './ssh-server.ts';

const ATTEMPT = 'jb_outage-a1' as AttemptId;

describeWithSshd('an outage', () => {
  it('leaves a job running, is never read as its end, and is over when the server is back', async () => {
    const server = await startServer();
    const workDir = `${await server.makeDirectory('work')}/cosmos`;
    const host = makeHost({ workDir, transport: 'ssh', ssh: server.options });
    onTestFinished(() => host.close());
    await host.prepare(scriptPlan(ATTEMPT, `echo x >>runs; echo one; ${WAIT}; echo two`));
    await host.start(ATTEMPT);
    await server.stop();
    expect(await host.inspect(ATTEMPT)).toEqual({
      state: 'unreachable',
      detail: expect.stringMatching(/closed|refused/),
    });
    expect(await host.inspect(ATTEMPT)).toEqual({ state: 'unreachable', detail: 'refused' });
    await expect(host.readLog(ATTEMPT, 0, 10)).rejects.toMatchObject({ code: 'engine.host_unreachable' });
    await writeFile(`${workDir}/attempts/${ATTEMPT}/release`, '');
    await server.restart();
    expect(await untilState(host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
    expect(Buffer.from(await host.readLog(ATTEMPT, 0, 100)).toString()).toBe('one\ntwo\n');
    expect(await readFile(`${workDir}/attempts/${ATTEMPT}/runs`, 'utf8')).toBe('x\n');
  });

  it('that swallows every packet ends each kind of call at its deadline', async () => {
    const server = await startServer();
    const at = await server.makeDirectory('work');
    const hole = await blackHole(server.port);
    await writeFile(
      server.path('known_hosts'),
      (await server.hostKeyLine()).replace(`:${server.port}`, `:${hole.port}`),
    );
    const transport = transportTo(server, { port: hole.port, answerTimeoutMs: 400 });
    await transport.createFile(`${at}/file`, 'x', 0o600);
    await transport.run(['true']);
    hole.swallow();
    const calls = [
      transport.run(['true'], { deadlineMs: 400 }),
      transport.launch(['true'], { workingDirectory: at, environment: {}, deadlineMs: 400 }),
      transport.stat(at),
      transport.readRange(`${at}/file`, 0, 1),
      transport.createFile(`${at}/new`, '', 0o600),
    ];
    const ends = calls.map((call) => expect(call).rejects.toMatchObject(unreachable('deadline')));
    await Promise.all(ends);
  });
});

/** A way to the server that can be made to lose everything without closing anything. */
async function blackHole(port: number): Promise<{ port: number; swallow: () => void }> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const swallow = (): void => {
    for (const socket of sockets) {
      socket.unpipe();
      socket.resume();
    }
  };
  return { port: address.port, swallow };
}
