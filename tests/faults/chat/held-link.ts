import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the bot and a server on the loopback; after a number of bytes upwards it holds whatever follows. */
export class HeldLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = Promise.withResolvers<void>();
  #left = Number.POSITIVE_INFINITY;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: target });
      this.#forward(near, far, (bytes) => this.#mayGoUp(bytes));
      this.#forward(far, near, () => true);
    });
  }

  static async to(target: number): Promise<HeldLink> {
    const link = new HeldLink(target);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  /** Resolves once so many bytes have gone up; nothing more goes up then. */
  async heldAfter(bytes: number): Promise<void> {
    this.#left = bytes;
    await this.#held.promise;
  }

  /** New connections pass everything. */
  release(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #mayGoUp(bytes: number): boolean {
    this.#left -= bytes;
    if (this.#left < 0) this.#held.resolve();
    return this.#left >= 0;
  }

  #forward(from: Socket, to: Socket, mayPass: (bytes: number) => boolean): void {
    this.#sockets.add(from);
    from.on('data', (bytes: Buffer) => {
      if (!mayPass(bytes.length)) {
        from.pause();
      } else if (!to.write(bytes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
