import type { IncomingMessage, ServerResponse } from 'node:http';
import { LocalServer } from '../local-server.ts';
import { type Answer, answerCall } from './answering.ts';
import type { CallRecord } from './call-log.ts';
import { fileAt, sendFile } from './cdn.ts';
import type { Injection } from './injections.ts';
import { rateLimited } from './rate-limits.ts';
import { Refusal } from './refusal.ts';
import { readBody } from './request-body.ts';
import { nameOf } from './route.ts';
import { matchRoute } from './route-table.ts';
import type { World } from './world.ts';

/** Discord's HTTP side on 127.0.0.1: the REST API, the files, and the way to the gateway. */
export class DiscordHttpServer {
  readonly #world: () => World;
  readonly #server: LocalServer;

  constructor(world: () => World) {
    this.#world = world;
    this.#server = new LocalServer({
      handle: async (request, response) => await this.#handle(request, response),
      upgrade: (request, socket, head) => this.#world().gateway.upgrade(request, socket, head),
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
    const url = new URL(request.url ?? '/', 'http://discord');
    if (url.pathname.startsWith('/api/v10/')) await this.#api(request, response, url);
    else if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) await this.#download(response, url);
    else response.writeHead(404).end();
  }

  async #api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const world = this.#world();
    const path = url.pathname.slice('/api/v10'.length);
    const match = matchRoute(request.method ?? '', path);
    const record = world.calls.begin({
      route: match ? nameOf(match.route) : `unknown ${request.method} ${path}`,
      path,
      params: match?.params ?? {},
      query: Object.fromEntries(url.searchParams),
      bytes: Number(request.headers['content-length'] ?? 0),
      token: /^Bot (.+)$/.exec(request.headers.authorization ?? '')?.[1],
      at: world.clock.now(),
    });
    const midway = world.injections.take(record.route, record, true);
    const body = await readBody(request, world.directory, goesOn(world, midway)).catch(refusalOnly);
    if (body === undefined) {
      world.calls.end(record, 'reset');
      response.socket?.resetAndDestroy();
      return;
    }
    if (!(body instanceof Refusal)) {
      record.body = body.json;
      record.files = body.files;
    }
    await this.#withTrouble(record, response, async () => {
      const answer =
        body instanceof Refusal ? refused(body) : await answerCall(world, match, record, url.searchParams);
      return { outcome: answer.outcome, send: () => send(world, response, answer) };
    });
  }

  async #download(response: ServerResponse, url: URL): Promise<void> {
    const world = this.#world();
    const record = world.calls.begin({
      route: 'GET cdn',
      path: url.pathname,
      params: { attachment: url.pathname.split('/')[3] ?? '' },
      query: Object.fromEntries(url.searchParams),
      bytes: 0,
      token: undefined,
      at: world.clock.now(),
    });
    await this.#withTrouble(record, response, async () => {
      const file = fileAt(world, url);
      if (!file) {
        const gone = () => response.writeHead(404, { 'content-type': 'text/plain' });
        return { outcome: 'http 404', send: () => gone().end('This content is no longer available.') };
      }
      record.accepted = true;
      const midway = world.injections.take(record.route, record, true);
      const outcome = midway === undefined || midway.trouble.kind === 'slow' ? 'ok' : 'reset';
      return { outcome, send: () => sendFile(file, response, goesOn(world, midway)) };
    });
  }

  /** Lets happen to a request what the test ordered, and answers. */
  async #withTrouble(
    record: CallRecord,
    response: ServerResponse,
    act: () => Promise<{ readonly outcome: string; readonly send: () => unknown }>,
  ): Promise<void> {
    const world = this.#world();
    const injection = world.injections.take(record.route, record, false);
    const before = await suffer(world, response, injection, 'before');
    if (before !== undefined) {
      world.calls.end(record, before);
      return;
    }
    const answer = await act();
    const after = await suffer(world, response, injection, 'after');
    // Recorded first: whoever has seen the answer finds it in the log.
    world.calls.end(record, after ?? answer.outcome);
    if (after === undefined) await answer.send();
  }
}

/** What is called half-way through the bytes: whether more of them move. */
function goesOn(world: World, midway: Injection | undefined): (() => Promise<boolean>) | undefined {
  if (midway === undefined) return undefined;
  return async () => {
    await midway.wait(world.clock, world.stopped);
    return midway.trouble.kind === 'slow';
  };
}

/** Returns how the request ended, or undefined where it goes on. */
async function suffer(
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
      const answer = refused(rateLimited(trouble.retryAfterSeconds, trouble.scope));
      send(world, response, answer);
      return answer.outcome;
    }
    case 'refused': {
      const answer = refused(trouble.refusal);
      send(world, response, answer);
      return answer.outcome;
    }
    case 'http_error':
      response.writeHead(trouble.status, { 'content-type': 'text/plain' }).end('server error');
      return `http ${trouble.status}`;
    case 'reset':
      response.socket?.resetAndDestroy();
      return 'reset';
    case 'silence':
      return 'silence';
    case 'slow':
      await injection.wait(world.clock, world.stopped);
      return undefined;
  }
}

function refused(refusal: Refusal): Answer {
  const { status, code, body, headers } = refusal;
  return { status, body, headers, outcome: code === 0 ? `http ${status}` : String(code) };
}

function send(world: World, response: ServerResponse, answer: Answer): void {
  const { status, body, headers } = answer;
  world.rateLimits.answered(status, headers['x-ratelimit-scope']);
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function refusalOnly(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}
