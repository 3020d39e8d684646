import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { FileLinks } from '../../../src/bot/web/file-links.ts';
import { type WebLimits, WebServer } from '../../../src/bot/web/web-server.ts';
import { valid } from '../../../src/core/errors.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { runWithResult } from '../../support/linked-run.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openWorkbench, type Workbench } from '../../support/workbench.ts';

export const LINK_SECRET = 'a secret of more than enough characters';

/** An answer that has arrived whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface WebBenchOptions {
  readonly limits?: Partial<WebLimits>;
  readonly path?: string;
  readonly content?: Uint8Array;
}

/** A finished run and the web server that hands its result out; all of it ends with the test. */
export class WebBench {
  readonly bench: Workbench<Clock>;
  readonly run: Run;
  readonly content: Uint8Array;
  readonly server: WebServer;
  readonly links: FileLinks;
  readonly #linksAt: (clock: Clock) => FileLinks;
  readonly #log: readonly string[];
  readonly #written: EventEmitter;

  private constructor(parts: {
    bench: Workbench<Clock>;
    run: Run;
    content: Uint8Array;
    server: WebServer;
    linksAt: (clock: Clock) => FileLinks;
    log: readonly string[];
    written: EventEmitter;
  }) {
    this.bench = parts.bench;
    this.run = parts.run;
    this.content = parts.content;
    this.server = parts.server;
    this.#linksAt = parts.linksAt;
    this.links = parts.linksAt(systemClock);
    this.#log = parts.log;
    this.#written = parts.written;
  }

  static async open({ limits = {}, path = '', content }: WebBenchOptions = {}): Promise<WebBench> {
    const bench = await openWorkbench<Clock>({ clock: systemClock });
    const bytes = content ?? randomBytes(300_001);
    const run = await runWithResult(bench, bytes);
    const config = { host: '127.0.0.1', port: 0, publicUrl: `http://127.0.0.1${path}` };
    const log: string[] = [];
    const written = new EventEmitter();
    const linksAt = (clock: Clock) =>
      new FileLinks({
        web: { ...config, linkSecret: { env: 'LINKS' }, previousLinkSecrets: [], linkLifetimeMs: 3_600_000 },
        secrets: () => valid(new Secret(LINK_SECRET)),
        clock,
      });
    const links = linksAt(systemClock);
    const logger = pino(
      { level: 'trace' },
      new Writable({
        write: (chunk, _encoding, done) => {
          log.push(String(chunk));
          written.emit('line');
          done();
        },
      }),
    );
    const { api, clock } = bench.bot.parts;
    const server = new WebServer({ config, api, links, clock, logger, limits });
    onTestFinished(async () => await bench.bot.close());
    await bench.bot.startWeb(server);
    return new WebBench({ bench, run, content: bytes, server, linksAt, log, written });
  }

  /** All that was logged. */
  get log(): string {
    return this.#log.join('');
  }

  /** Resolves once these words are in the log. */
  async logged(words: string): Promise<void> {
    while (!this.log.includes(words)) await once(this.#written, 'line');
  }

  /** The path of a new link to the result. */
  link(output = 0): string {
    const { pathname, search } = new URL(this.links.to(this.run, output).url);
    return pathname + search;
  }

  /** A link that this very bot made two hours ago. */
  expiredLink(): string {
    const past = this.#linksAt({ ...systemClock, now: () => Date.now() - 2 * 3_600_000 });
    const { pathname, search } = new URL(past.to(this.run, 0).url);
    return pathname + search;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
    return await fetched(this.server.port, path, headers, method);
  }

  /** Sends this line as it is, which a client library might tidy up, and reads what comes back. */
  async raw(line: string): Promise<string> {
    const socket = this.connect();
    socket.end(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    return String(await buffer(socket));
  }

  connect(): Socket {
    const socket = connect(this.server.port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.on('error', () => undefined);
    return socket;
  }
}

/** One answer of a server on this machine, over a connection of its own. */
export async function fetched(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  const asking = request({ host: '127.0.0.1', port, path, headers, method, agent: false });
  asking.end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (response === undefined) throw new Error('there is no answer');
  const body = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** A file of the test's own, outside of everything that the bot serves. */
export async function secretFile(): Promise<string> {
  const path = join(await temporaryDirectory(), 'passwords');
  await writeFile(path, 'not for you');
  return path;
}
