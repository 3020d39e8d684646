import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface LocalServerParts {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Takes a connection over that becomes a WebSocket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** An HTTP server on 127.0.0.1 that can be closed at once, whatever is under way. */
export class LocalServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor({ handle, upgrade }: LocalServerParts) {
    this.#server = createServer((request, response) => void answered(request, response, handle));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      upgrade(request, socket, head);
    });
  }

  /** Listens and returns its origin: on any free port, or on this one. */
  async listen(port = 0): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }
}

/** What goes wrong in a fake is told to whoever asked. */
async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  handle: LocalServerParts['handle'],
): Promise<void> {
  // The other end going away is nothing to tell anybody: the call's record says how far it came.
  response.on('error', () => response.destroy());
  try {
    await handle(request, response);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(error instanceof Error ? error.stack : String(error));
  }
}
