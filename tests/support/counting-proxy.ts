import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on the loopback, counts what passes, and can cut it off. */
export class CountingProxy implements AsyncDisposable {
  /** Bytes that have passed since the last `reset`. */
  up = 0;
  down = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: target });
      this.#forward(near, far, (count) => {
        this.up += count;
      });
      this.#forward(far, near, (count) => {
        this.down += count;
      });
    });
  }

  static async to(target: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  reset(): void {
    this.up = 0;
    this.down = 0;
  }

  /** Resolves as soon as so many bytes have passed in that direction. */
  async until(direction: 'up' | 'down', bytes: number): Promise<void> {
    while (this[direction] < bytes) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Ends all connections; new ones are let through. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(from: Socket, to: Socket, count: (bytes: number) => void): void {
    this.#sockets.add(from);
    from.on('data', (bytes: Buffer) => {
      count(bytes.length);
      if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
