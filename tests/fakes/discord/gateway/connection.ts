import type { WebSocket } from 'ws';
import type { UtcMs } from '../../../../src/core/ports/clock.ts';
import { isObject, type JsonObject, objectAt, parseJson, stringAt } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { OPCODES } from '../numbers.ts';
import type { Session, Wire } from './session.ts';

/** What a connection asks of the gateway. */
export interface Host {
  readonly heartbeatMs: number;
  readonly answersHeartbeats: boolean;
  now(): UtcMs;
  /** Returns the close code with which it is refused, or `invalid` for INVALID_SESSION. */
  identify(wire: Wire, data: JsonObject): Session | number | 'invalid';
  /** The same; undefined where it is not answered. */
  resume(wire: Wire, data: JsonObject): Session | number | 'invalid' | undefined;
  closed(connection: Connection, code: number): void;
}

/** One connection of a bot. */
export class Connection implements Wire {
  session: Session | undefined;
  readonly #socket: WebSocket;
  readonly #host: Host;
  readonly #sends: UtcMs[] = [];

  constructor(socket: WebSocket, host: Host, version: string | null) {
    this.#socket = socket;
    this.#host = host;
    socket.on('error', () => socket.terminate());
    socket.on('close', (code) => host.closed(this, code));
    socket.on('message', (data) => this.#receive(String(data)));
    if (version !== '10') {
      this.close(4012);
      return;
    }
    this.send({ op: OPCODES.HELLO, d: { heartbeat_interval: host.heartbeatMs, _trace: [] } });
  }

  send(payload: JsonObject): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(JSON.stringify({ t: null, s: null, ...payload }));
    }
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  freeze(): void {
    this.#socket.pause();
  }

  cut(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    const payload = parseJson(text);
    const now = this.#host.now();
    this.#sends.push(now);
    if (!isObject(payload)) this.close(4002);
    else if (this.#sends.filter((at) => at > now - 60_000).length > LIMITS.gatewaySends) this.close(4008);
    else this.#obey(payload['op'], objectAt(payload, 'd') ?? {});
  }

  #obey(op: unknown, data: JsonObject): void {
    switch (op) {
      case OPCODES.HEARTBEAT:
        if (this.#host.answersHeartbeats) this.send({ op: OPCODES.HEARTBEAT_ACK });
        break;
      case OPCODES.IDENTIFY:
        this.#start(this.session ? 4005 : this.#host.identify(this, data));
        break;
      case OPCODES.RESUME:
        this.#start(this.session ? 4005 : this.#host.resume(this, data));
        break;
      case OPCODES.PRESENCE:
      case OPCODES.VOICE_STATE:
        if (!this.session) this.close(4003);
        break;
      case OPCODES.REQUEST_MEMBERS:
        if (this.session) this.session.dispatch('GUILD_MEMBERS_CHUNK', noMembers(data));
        else this.close(4003);
        break;
      default:
        this.close(4001);
    }
  }

  #start(outcome: Session | number | 'invalid' | undefined): void {
    if (outcome === undefined) return;
    if (outcome === 'invalid') this.send({ op: OPCODES.INVALID_SESSION, d: false });
    else if (typeof outcome === 'number') this.close(outcome);
    else this.session = outcome;
  }
}

function noMembers(data: JsonObject): JsonObject {
  const nonce = stringAt(data, 'nonce');
  return { guild_id: data['guild_id'], members: [], chunk_index: 0, chunk_count: 1, not_found: [], nonce };
}
