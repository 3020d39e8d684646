import type { WebSocket } from 'ws';
import type { App } from './app.ts';
import type { AttemptOutcome } from './envelope.ts';
import { isObject, type JsonObject, objectAt, parseJson, stringAt } from './json.ts';
import type { SocketTrouble } from './socket-server.ts';

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

/** Seconds after which Slack recycles a connection, as its greeting says. */
const CONNECTION_SECONDS = 18_060;

interface Waiting {
  readonly trouble: SocketTrouble | undefined;
  readonly resolve: (outcome: AttemptOutcome) => void;
}

interface ConnectionOptions {
  readonly app: App;
  readonly socket: WebSocket;
  readonly number: number;
  readonly changed: () => void;
  /** Resolves when a connection that was asked to go has had its time. */
  readonly expire: () => Promise<void>;
}

/** One socket of an app. */
export class SocketConnection {
  readonly app: App;
  /** Counts from 1, over all apps. */
  readonly number: number;
  /** `leaving`: it was asked to go and gets no more envelopes. */
  state: 'new' | 'open' | 'leaving' | 'closed' = 'new';
  /** Messages of the bot that belong to no envelope of this connection. */
  readonly strayMessages: unknown[] = [];
  readonly #socket: WebSocket;
  readonly #changed: () => void;
  readonly #expire: () => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: ConnectionOptions) {
    this.app = options.app;
    this.number = options.number;
    this.#socket = options.socket;
    this.#changed = options.changed;
    this.#expire = options.expire;
    this.#socket.on('message', (data) => this.#receive(String(data)));
    // A reset of the peer is followed by `close`, which says all that matters here.
    this.#socket.on('error', () => this.#socket.terminate());
    this.#socket.on('close', () => this.#closed());
  }

  hello(connections: number): void {
    this.#write({
      type: 'hello',
      num_connections: connections,
      debug_info: {
        host: `applink-${this.number}`,
        build_number: 1,
        approximate_connection_time: CONNECTION_SECONDS,
      },
      connection_info: { app_id: this.app.id },
    });
    this.state = 'open';
    this.#changed();
  }

  /** Resolves with the acknowledgement, or with `connection_lost`. */
  send(
    envelope: JsonObject & { readonly envelope_id: string },
    trouble: SocketTrouble | undefined,
  ): Promise<AttemptOutcome> {
    const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
    this.#waiting.set(envelope.envelope_id, { trouble, resolve });
    this.#write(envelope);
    return promise;
  }

  /** After a warning the connection still gets envelopes; in every case it is closed ten seconds later. */
  disconnect(reason: DisconnectReason): void {
    this.#write({ type: 'disconnect', reason, debug_info: { host: `applink-${this.number}` } });
    if (reason !== 'warning') this.state = 'leaving';
    this.#changed();
    void this.#expire().then(() => {
      if (this.state === 'open') this.state = 'leaving';
      this.#socket.close();
    });
  }

  /** The connection breaks without a word. */
  cut(): void {
    this.#socket.terminate();
    this.#closed();
  }

  /** It stays open, but nothing is read or answered any more, pings neither. */
  freeze(): void {
    this.#socket.pause();
  }

  #write(message: JsonObject): void {
    this.#socket.send(JSON.stringify(message));
  }

  #receive(text: string): void {
    const message = parseJson(text);
    const id = isObject(message) ? stringAt(message, 'envelope_id') : undefined;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (!isObject(message) || id === undefined || !waiting) {
      this.strayMessages.push(message ?? text);
      this.#changed();
      return;
    }
    if (waiting.trouble === 'lose_ack') return;
    this.#waiting.delete(id);
    waiting.resolve({ kind: 'acked', payload: objectAt(message, 'payload') ?? {} });
    if (waiting.trouble === 'cut_after_ack') this.cut();
  }

  #closed(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const { resolve } of this.#waiting.values()) resolve({ kind: 'connection_lost' });
    this.#waiting.clear();
    this.#changed();
  }
}
