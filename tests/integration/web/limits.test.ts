import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { WebBench } from './web-bench.ts';

const MIB = 1024 * 1024;
const LARGE = new Uint8Array(24 * MIB);

/** Asks for a file and takes only its beginning. */
async function stalled(web: WebBench): Promise<Socket> {
  const socket = web.connect();
  socket.write(`GET ${web.link()} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'data');
  return socket.pause();
}

/** Memory of buffers that somebody still holds. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().arrayBuffers;
}

it('readers who take their time hold a few pieces each, however large the file is', async () => {
  const web = await WebBench.open({ content: LARGE });
  const before = heldBytes();
  for (let reader = 0; reader < 12; reader++) await stalled(web);
  // By now each of them has as much as it gets.
  const quick = web.connect();
  quick.write(`GET ${web.link()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await once(quick.resume(), 'close');
  expect(quick.bytesRead).toBeGreaterThan(LARGE.length);
  // What is free is given back a little later.
  await expect.poll(() => heldBytes() - before, { timeout: 10_000 }).toBeLessThan(12 * MIB);
});

it('a reader who takes nothing for long is let go, and can go on', async () => {
  const web = await WebBench.open({ content: LARGE, limits: { stallMs: 1_000 } });
  const socket = await stalled(web);
  await web.logged('a file was not sent to its end');
  await once(socket.resume(), 'close');
  expect(socket.bytesRead).toBeLessThan(LARGE.length);
  const rest = await web.get(web.link(), { range: `bytes=${23 * MIB}-` });
  expect([rest.status, rest.body.length]).toEqual([206, MIB]);
});

it('somebody who never says what they want is let go', async () => {
  const web = await WebBench.open({ limits: { requestMs: 100 } });
  const socket = web.connect();
  socket.write('GET /files');
  socket.resume();
  await once(socket, 'close');
});

it('no more connections are open than there may be, and a place that is left is free', async () => {
  const web = await WebBench.open({ content: LARGE, limits: { connections: 2 } });
  const [first] = [await stalled(web), await stalled(web)];
  await expect(web.get(web.link())).rejects.toThrow();
  first.destroy();
  await web.logged('a file was not sent to its end');
  expect((await web.get(web.link())).status).toBe(200);
});

it('a stop cuts off who is still reading, and leaves nothing open', async () => {
  const web = await WebBench.open({ content: LARGE, limits: { stopMs: 0 } });
  const socket = await stalled(web);
  const { port } = web.server;
  await web.server.stop();
  await once(socket.resume(), 'close');
  expect(socket.bytesRead).toBeLessThan(LARGE.length);
  await expect(web.get(web.link())).rejects.toThrow('ECONNREFUSED');
  expect(port).toBeGreaterThan(0);
  await web.server.stop();
});

it('a port that is taken is told with its key', async () => {
  const web = await WebBench.open();
  const { WebServer } = await import('../../../src/bot/web/web-server.ts');
  const { api, clock, logger } = web.bench.bot.parts;
  const parts = { api, clock, logger, links: web.links };
  const at = (host: string, port: number) =>
    new WebServer({ ...parts, config: { host, port, publicUrl: 'http://localhost' } }).start();
  await expect(at('127.0.0.1', web.server.port)).rejects.toMatchObject({
    code: 'config.invalid_value',
    parameters: { where: 'web.port', given: web.server.port, detail: 'EADDRINUSE' },
  });
  await expect(at('192.0.2.1', 0)).rejects.toMatchObject({
    parameters: { where: 'web.host', given: '192.0.2.1', detail: 'EADDRNOTAVAIL' },
  });
});
