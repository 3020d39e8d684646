import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalServer } from '../local-server.ts';
import { Arguments } from './arguments.ts';
import type { CallRecord } from './call-log.ts';
import { fileToDownload, sendFile, sendLoginPage } from './downloads.ts';
import type { Injection } from './injections.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { readFields, tokenOf } from './request-body.ts';
import { respond } from './response-urls.ts';
import { fileToUpload, receiveUpload } from './uploads.ts';
import { answerCall, rateLimited } from './web-api.ts';
import type { World } from './world.ts';

/** Slack's HTTP side on 127.0.0.1: Web API, uploads, downloads, response URLs, and the way to the sockets. */
export class SlackHttpServer {
  readonly #world: () => World;
  readonly #server: LocalServer;
  /** Wrong tokens are sent to the login page with 302 instead of getting it at once. */
  redirectToLogin = false;

  constructor(world: () => World) {
    this.#world = world;
    this.#server = new LocalServer({
      handle: async (request, response) => await this.#handle(request, response),
      upgrade: (request, socket, head) => this.#world().sockets.upgrade(request, socket, head),
    });
  }

  /** Listens and returns its origin: on any free port, or on this one. */
  async listen(port?: number): Promise<string> {
    return await this.#server.listen(port);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://slack').pathname.split('/').slice(1);
    if (path[0] === 'api') await this.#api(request, response, path[1] ?? '');
    else if (path[0] === 'upload') await this.#upload(request, response, path.at(-1) ?? '');
    else if (path[0] === 'files-pri') await this.#download(request, response, path[1] ?? '');
    else if (path[0] === 'response') await this.#respond(request, response, path[1] ?? '');
    else if (path[0] === 'signin') sendLoginPage(this.#world(), response, false);
    else response.writeHead(404).end();
  }

  async #api(request: IncomingMessage, response: ServerResponse, method: string): Promise<void> {
    const fields = await readFields(request);
    const token = tokenOf(request, fields);
    const { token: _kept, ...values } = fields;
    const args = new Arguments(values);
    await this.#withTrouble({ method, args: args.all, token }, response, async (record) => {
      const answer = await answerCall(this.#world(), { method, args, token }, record);
      const error = answer.body['error'];
      return {
        outcome: answer.status === 429 ? 'http 429' : typeof error === 'string' ? error : 'ok',
        send: () => sendJson(response, answer.status, answer.body, answer.headers),
      };
    });
  }

  async #upload(request: IncomingMessage, response: ServerResponse, ticket: string): Promise<void> {
    const file = fileToUpload(this.#world(), ticket);
    const call = { method: 'upload', args: { file: file?.id, name: file?.name }, token: undefined };
    await this.#withTrouble(call, response, async (record, injection) => {
      if (!file) return { outcome: 'http 404', send: () => response.writeHead(404).end() };
      const cut = isCutMidway(injection);
      const received = await receiveUpload(this.#world(), file, request, cut);
      if (received.kind === 'broken') return { outcome: 'reset', send: () => reset(response) };
      record.accepted = received.kind === 'stored';
      const outcome = received.kind === 'stored' ? 'ok' : 'http 400';
      return {
        outcome,
        send: () => {
          response.writeHead(outcome === 'ok' ? 200 : 400, { 'content-type': 'text/plain' });
          response.end(`${outcome === 'ok' ? 'OK' : 'length mismatch'} - ${received.bytes}`);
        },
      };
    });
  }

  async #download(request: IncomingMessage, response: ServerResponse, ticket: string): Promise<void> {
    const token = tokenOf(request, {});
    const call = { method: 'download', args: { file: ticket.split('-')[1] }, token };
    await this.#withTrouble(call, response, async (record, injection) => {
      const file = fileToDownload(this.#world(), ticket, token);
      if (!file) {
        return {
          outcome: 'login page',
          send: () => sendLoginPage(this.#world(), response, this.redirectToLogin),
        };
      }
      record.accepted = true;
      const cut = isCutMidway(injection);
      const goOn = async (): Promise<boolean> => {
        const { clock, stopped } = this.#world();
        await injection?.wait(clock, stopped);
        return !cut;
      };
      return {
        outcome: cut ? 'reset' : 'ok',
        send: () => sendFile(file, response, isMidway(injection) ? goOn : undefined),
      };
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse, secret: string): Promise<void> {
    const fields = await readFields(request);
    await this.#withTrouble(
      { method: 'response_url', args: fields, token: undefined },
      response,
      async (record) => {
        try {
          const world = this.#world();
          respond(world, world.interactions.use(secret), fields);
          record.accepted = true;
          return {
            outcome: 'ok',
            send: () => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok'),
          };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const { code, details } = error;
          const status = code === 'invalid_url' || code.endsWith('_url') ? 404 : 400;
          return {
            outcome: code,
            send: () => sendJson(response, status, { ok: false, error: code, ...details }),
          };
        }
      },
    );
  }

  /** Records a request, lets happen to it what the test ordered, and answers. */
  async #withTrouble(
    call: Pick<CallRecord, 'method' | 'args' | 'token'>,
    response: ServerResponse,
    act: (record: CallRecord, injection: Injection | undefined) => Promise<Answer>,
  ): Promise<void> {
    const world = this.#world();
    const record = world.calls.begin({ ...call, at: world.clock.now() });
    const injection = world.injections.take(call.method, call.args);
    const before = await this.#suffer(world, response, injection, 'before');
    if (before !== undefined) {
      world.calls.end(record, before);
      return;
    }
    const answer = await act(record, injection);
    const after = await this.#suffer(world, response, injection, 'after');
    // Recorded first: whoever has seen the answer finds it in the log.
    world.calls.end(record, after ?? answer.outcome);
    if (after === undefined) await answer.send();
  }

  /** Returns how the request ended, or undefined where it goes on. */
  async #suffer(
    world: World,
    response: ServerResponse,
    injection: Injection | undefined,
    when: 'before' | 'after',
  ): Promise<string | undefined> {
    const trouble = injection?.trouble;
    if (!injection || !trouble || ('when' in trouble ? trouble.when !== when : when !== 'before'))
      return undefined;
    switch (trouble.kind) {
      case 'rate_limited': {
        const { status, body, headers } = rateLimited(trouble.retryAfterSeconds);
        sendJson(response, status, body, headers);
        return 'http 429';
      }
      case 'http_error':
        response.writeHead(trouble.status, { 'content-type': 'text/plain' }).end('server error');
        return `http ${trouble.status}`;
      case 'reset':
        reset(response);
        return 'reset';
      case 'silence':
        return 'silence';
      case 'slow':
        await injection.wait(world.clock, world.stopped);
        return undefined;
      case 'refused':
        sendJson(response, 200, { ok: false, error: trouble.error });
        return trouble.error;
      case 'login_page':
        sendLoginPage(world, response, trouble.redirect);
        return 'login page';
    }
  }
}

interface Answer {
  readonly outcome: string;
  readonly send: () => unknown;
}

function isMidway(injection: Injection | undefined): boolean {
  const trouble = injection?.trouble;
  return trouble !== undefined && 'when' in trouble && trouble.when === 'midway';
}

function isCutMidway(injection: Injection | undefined): boolean {
  return isMidway(injection) && injection?.trouble.kind === 'reset';
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
