import { connect, createServer, type Socket } from 'node:net';

/**
 * Forwards TCP connections and holds every piece back for half of a round trip each way, in a process of its own: what
 * a distant host is like where the kernel cannot delay packets itself. Says its port when it listens and ends with its
 * parent. Words: the port to forward to, the round trip in ms.
 */

/** More than what SSH and SFTP let be on the way. */
const MOST_BYTES_HELD = 64 * 1024 * 1024;

const [target, roundTripMs] = process.argv.slice(2).map(Number);
const server = createServer((near) => {
  const far = connect({ host: '127.0.0.1', port: target ?? 0 });
  forward(near, far);
  forward(far, near);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(address?.port);
});
process.once('disconnect', () => process.exit());

function forward(from: Socket, to: Socket): void {
  const held: { readonly due: number; readonly bytes: Buffer }[] = [];
  let heldBytes = 0;
  let isWaiting = false;
  const pass = (): void => {
    isWaiting = false;
    const now = performance.now();
    for (let next = held[0]; next !== undefined && next.due <= now; next = held[0]) {
      held.shift();
      heldBytes -= next.bytes.length;
      to.write(next.bytes);
    }
    if (heldBytes < MOST_BYTES_HELD) from.resume();
    wait();
  };
  const wait = (): void => {
    const [next] = held;
    if (isWaiting || next === undefined) return;
    isWaiting = true;
    setTimeout(pass, Math.max(0, next.due - performance.now()));
  };
  from.setNoDelay(true);
  from.on('data', (bytes: Buffer) => {
    held.push({ due: performance.now() + (roundTripMs ?? 0) / 2, bytes });
    heldBytes += bytes.length;
    if (heldBytes >= MOST_BYTES_HELD) from.pause();
    wait();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
