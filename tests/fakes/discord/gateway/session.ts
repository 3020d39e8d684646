import type { UtcMs } from '../../../../src/core/ports/clock.ts';
import type { JsonObject } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import { OPCODES } from '../numbers.ts';

/** One dispatch, as it is sent and sent again. */
export interface Dispatch {
  readonly type: string;
  readonly sequence: number;
  readonly data: JsonObject;
}

/** What a session needs of the connection that it has at the moment. */
export interface Wire {
  send(payload: JsonObject): void;
  close(code: number): void;
  /** Breaks it without a word. */
  cut(): void;
  /** Nothing that comes is read any more. */
  freeze(): void;
}

/** What a bot has identified for: it outlives connections that break. */
export class Session {
  readonly id: string;
  readonly app: Application;
  readonly intents: number;
  readonly dispatches: Dispatch[] = [];
  /** Undefined while nobody is connected. */
  wire: Wire | undefined;
  /** When the last connection broke. */
  detachedAt: UtcMs | undefined;
  /** Set when it can never be resumed. */
  ended = false;
  #sequence = 0;

  constructor(id: string, app: Application, intents: number, wire: Wire) {
    this.id = id;
    this.app = app;
    this.intents = intents;
    this.wire = wire;
  }

  get sequence(): number {
    return this.#sequence;
  }

  has(intent: number): boolean {
    return (this.intents & intent) !== 0;
  }

  /** Sends it, and keeps it for a resume. */
  dispatch(type: string, data: JsonObject): void {
    this.#sequence += 1;
    const dispatch = { type, sequence: this.#sequence, data };
    this.dispatches.push(dispatch);
    this.#send(dispatch);
  }

  /** Goes on over a new connection with everything after this number. */
  resume(wire: Wire, after: number): void {
    this.wire = wire;
    this.detachedAt = undefined;
    for (const each of this.dispatches.filter(({ sequence }) => sequence > after)) this.#send(each);
    this.dispatch('RESUMED', { _trace: [] });
  }

  #send({ type, sequence, data }: Dispatch): void {
    this.wire?.send({ op: OPCODES.DISPATCH, t: type, s: sequence, d: data });
  }
}
