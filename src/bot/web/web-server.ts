import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { WebConfig } from '../../core/config/config.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { closeWithin, listen, portOf } from '../http-listener.ts';
import type { FileLinks } from './file-links.ts';
import { webApp } from './web-app.ts';

/** How much is let in, and how long is waited for somebody. */
export interface WebLimits {
  /** Connections at a time; further ones are closed at once. */
  readonly connections: number;
  /** Until a request has arrived, ms. */
  readonly requestMs: number;
  /** Longest time in which a reader takes nothing, ms. */
  readonly stallMs: number;
  /** What a stop leaves to answers under way, ms: a download goes on where it was with the next bot. */
  readonly stopMs: number;
}

const LIMITS: WebLimits = { connections: 128, requestMs: 10_000, stallMs: 60_000, stopMs: 500 };

export interface WebServerParts {
  readonly config: Pick<WebConfig, 'host' | 'port' | 'publicUrl'>;
  readonly api: Pick<CosmosApi, 'getRun'>;
  readonly links: Pick<FileLinks, 'check'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<WebLimits>;
}

/** Listens for people who follow links. */
export class WebServer {
  readonly #parts: WebServerParts;
  readonly #limits: WebLimits;
  #server: Server | undefined;

  constructor(parts: WebServerParts) {
    this.#parts = parts;
    this.#limits = { ...LIMITS, ...parts.limits };
  }

  /** Where it listens: another one than in the configuration where that says 0. */
  get port(): number {
    return portOf(this.#server, this.#parts.config.port);
  }

  /** Throws `config.invalid_value` where nobody can listen there. */
  async start(): Promise<void> {
    const { config, logger } = this.#parts;
    const { connections, requestMs, stallMs } = this.#limits;
    const app = webApp({ ...this.#parts, basePath: basePathOf(config.publicUrl) });
    const server = createServer(
      { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: requestMs },
      // The chats' libraries keep the runtime's own requests and responses.
      getRequestListener(app.fetch, { overrideGlobalObjects: false }),
    );
    server.maxConnections = connections;
    server.timeout = stallMs;
    await listen(server, config, { host: 'web.host', port: 'web.port' });
    this.#server = server;
    server.on('error', (error) => logger.warn({ err: error }, 'a connection could not be accepted'));
    logger.info({ host: config.host, port: this.port }, 'the web server listens');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await closeWithin(server, this.#limits.stopMs, this.#parts.clock);
  }
}

function basePathOf(publicUrl: string): string {
  const { pathname } = new URL(publicUrl);
  return pathname.replace(/\/+$/, '');
}
