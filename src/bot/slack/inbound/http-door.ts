import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { TellConnection } from '../../../core/ports/chat.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Secret } from '../../../core/ports/secret.ts';
import { closeWithin, type ListenAddress, listen, portOf } from '../../http-listener.ts';
import type { Door, Handle } from './answer.ts';
import { parseBody, readBody } from './http-body.ts';
import { isSigned } from './http-signature.ts';

/** A request of Slack is there at once or never, ms. */
const REQUEST_MS = 10_000;
/** What a stop waits for requests that are under way, ms. */
const STOP_MS = 2_000;

export interface HttpDoorParts extends ListenAddress {
  readonly signingSecret: Secret;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * HTTP mode: one address for events, commands, clicks and choices. What Slack has not signed is refused; what cannot be
 * saved now is answered with 503, after which Slack sends events again.
 */
export class HttpDoor implements Door {
  readonly #parts: HttpDoorParts;
  #server: Server | undefined;
  #saidUnsigned = false;

  constructor(parts: HttpDoorParts) {
    this.#parts = parts;
  }

  get connections(): number {
    return this.#server?.listening === true ? 1 : 0;
  }

  /** Where it listens. */
  get port(): number {
    return portOf(this.#server, this.#parts.port);
  }

  /** Throws `config.invalid_value` where nobody can listen there. */
  async open(handle: Handle, tell?: TellConnection): Promise<void> {
    const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
      this.#serve(request, response, handle).catch((error: unknown) => {
        this.#parts.logger.warn({ err: error }, 'a request of Slack broke off');
        response.destroy();
      });
    });
    this.#server = server;
    await listen(server, this.#parts, { host: 'http_host', port: 'http_port' });
    tell?.({ state: 'connected' });
    const { logger } = this.#parts;
    server.on('error', (error) => logger.warn({ err: error }, 'a request of Slack could not be accepted'));
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await closeWithin(server, STOP_MS, this.#parts.clock);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
    if (this.#server === undefined) return end(response, 503);
    if (request.method !== 'POST') return end(response, 404);
    const body = await readBody(request);
    if (body === undefined) return end(response.setHeader('connection', 'close'), 413);
    const message = parseBody(body, request.headers['content-type']);
    // Slack looks at the certificate: nothing of what it says is used, and it is not signed.
    if (message?.['ssl_check'] !== undefined) return end(response, 200);
    const { signingSecret, clock } = this.#parts;
    const signature = single(request.headers['x-slack-signature']);
    const timestamp = single(request.headers['x-slack-request-timestamp']);
    if (!isSigned({ body, signature, timestamp }, signingSecret.reveal(), clock.now())) {
      this.#unsigned(clock.now(), timestamp);
      return end(response, 401);
    }
    if (message === undefined) return end(response, 400);
    if (message['type'] === 'url_verification')
      return end(response, 200, { challenge: message['challenge'] });
    const answer = await handle(message);
    if (answer.state === 'refused') end(response, 503);
    else end(response, 200, answer.payload);
  }

  /** Said once: whoever finds the port could fill the log. */
  #unsigned(now: number, timestamp: string | undefined): void {
    const { logger } = this.#parts;
    const secondsOff = timestamp === undefined ? undefined : Math.round(Number(timestamp) - now / 1_000);
    const words =
      'a request without a valid signature of Slack is refused: is signing_secret right, and the clock?';
    if (this.#saidUnsigned) logger.debug({ secondsOff }, words);
    else logger.warn({ secondsOff }, words);
    this.#saidUnsigned = true;
  }
}

function end(response: ServerResponse, status: number, payload?: unknown): void {
  if (payload === undefined || payload === '') {
    response.writeHead(status, { 'content-length': 0 }).end();
    return;
  }
  if (typeof payload === 'string') {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(payload);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(payload));
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
