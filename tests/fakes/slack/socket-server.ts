import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../../src/core/ports/clock.ts';
import type { App } from './app.ts';
import type { Changes } from './changes.ts';
import type { AttemptOutcome, DeliveryKind } from './envelope.ts';
import { newSecret } from './ids.ts';
import type { JsonObject } from './json.ts';
import { LIMITS } from './limits.ts';
import { type DisconnectReason, SocketConnection } from './socket-connection.ts';

/** What happens to the connection that gets an envelope. */
export type SocketTrouble =
  /** It breaks as soon as the envelope is sent: nobody knows whether it arrived. */
  | 'cut_after_delivery'
  /** The acknowledgement arrives, then it breaks. */
  | 'cut_after_ack'
  /** The acknowledgement is lost; the connection stays. */
  | 'lose_ack'
  /** Slack asks for a refresh right behind the envelope. */
  | 'refresh_after_delivery';

interface Plan {
  readonly trouble: SocketTrouble;
  readonly kind: DeliveryKind | undefined;
  left: number;
}

/** Slack's end of Socket Mode: many connections per app, each envelope to one of them. */
export class SocketServer {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #clock: Clock;
  readonly #changes: Changes;
  readonly #stopped: AbortSignal;
  readonly #tickets = new Map<string, App>();
  readonly #connections: SocketConnection[] = [];
  readonly #plans: Plan[] = [];
  #turn = 0;
  /** Set while Socket Mode is switched off for an app. */
  readonly disabled = new Set<App>();

  constructor(clock: Clock, changes: Changes, stopped: AbortSignal) {
    this.#clock = clock;
    this.#changes = changes;
    this.#stopped = stopped;
  }

  /** A ticket for one connection, for `apps.connections.open`. */
  ticket(app: App): string {
    const ticket = newSecret();
    this.#tickets.set(ticket, app);
    return ticket;
  }

  /** Every connection of the app that is open, the oldest first. */
  open(app: App): readonly SocketConnection[] {
    return this.#connections.filter((each) => each.app === app && each.state !== 'closed');
  }

  /** How many connections the app has opened since the start. */
  openedCount(app: App): number {
    return this.#connections.filter((each) => each.app === app).length;
  }

  /** Resolves when so many connections can get envelopes. */
  async ready(app: App, count = 1): Promise<readonly SocketConnection[]> {
    return await this.#changes.until(() => {
      const ready = this.open(app).filter((each) => each.state === 'open');
      return ready.length >= count && ready;
    });
  }

  /** Asks every connection of the app to go, or warns it; closes by itself those that stay. */
  disconnect(app: App, reason: DisconnectReason): void {
    if (reason === 'link_disabled') this.disabled.add(app);
    for (const connection of this.open(app)) connection.disconnect(reason);
  }

  /** Breaks every connection of the app without a word. */
  cut(app: App): void {
    for (const connection of this.open(app)) connection.cut();
  }

  /** Orders a trouble for the next envelopes (of this kind). */
  trouble(what: SocketTrouble, options: { kind?: DeliveryKind; times?: number } = {}): void {
    this.#plans.push({ trouble: what, kind: options.kind, left: options.times ?? 1 });
  }

  /** The connection whose turn it is; undefined where none is open. */
  next(app: App): SocketConnection | undefined {
    const ready = this.open(app).filter((each) => each.state === 'open');
    this.#turn += 1;
    return ready[this.#turn % ready.length];
  }

  /** Sends an envelope and resolves with the acknowledgement, or with what came instead of it. */
  send(
    connection: SocketConnection,
    envelope: JsonObject & { readonly envelope_id: string },
    kind: DeliveryKind,
  ): Promise<AttemptOutcome> {
    const plan = this.#plans.find((each) => each.left > 0 && (each.kind ?? kind) === kind);
    if (plan) plan.left -= 1;
    const answer = connection.send(envelope, plan?.trouble);
    if (plan?.trouble === 'cut_after_delivery') connection.cut();
    if (plan?.trouble === 'refresh_after_delivery') connection.disconnect('refresh_requested');
    return answer;
  }

  /** An HTTP request that wants to become a socket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? '';
    const app = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (!app) {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#welcome(app, opened));
  }

  close(): void {
    for (const connection of this.#connections) connection.cut();
    this.#server.close();
  }

  #welcome(app: App, opened: WebSocket): void {
    const connection = new SocketConnection({
      app,
      socket: opened,
      number: this.#connections.length + 1,
      changed: () => this.#changes.announce(),
      expire: () => this.#clock.sleep(LIMITS.refreshMs, this.#stopped),
    });
    const count = this.open(app).length + 1;
    this.#connections.push(connection);
    if (count > LIMITS.connections) {
      connection.disconnect('too_many_websockets');
      return;
    }
    connection.hello(count);
  }
}
