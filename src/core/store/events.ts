import type { CosmosEvent, EventType } from '../events.ts';
import type { AttemptId, PrincipalId, RunId } from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson } from './json.ts';

/** Version of the payloads below `type`; raised when one changes its shape. */
const EVENT_SCHEMA_VERSION = 1;

export interface EventContext {
  readonly actor?: PrincipalId;
  readonly run?: RunId;
  readonly attempt?: AttemptId;
}

export interface StoredEvent extends EventContext {
  readonly sequence: number;
  readonly at: UtcMs;
  readonly type: EventType;
  readonly payload: CosmosEvent['payload'];
}

interface EventRow {
  sequence: number;
  at: number;
  actor_id: PrincipalId | null;
  run_id: RunId | null;
  attempt_id: AttemptId | null;
  type: EventType;
  payload: string;
}

/** Append-only record of what happened; the audit trail, and the source of everything that follows runs. */
export class EventStore {
  readonly #clock: Clock;
  readonly #insert: Statement<[number, number, string | null, string | null, string | null, string, string]>;
  readonly #ofRun: Statement<[string], EventRow>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#insert = connection.prepare(
      `INSERT INTO events (schema_version, at, actor_id, run_id, attempt_id, type, payload)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#ofRun = connection.prepare(
      `SELECT sequence, at, actor_id, run_id, attempt_id, type, payload FROM events
       WHERE run_id = ? ORDER BY sequence`,
    );
  }

  append(event: CosmosEvent, context: EventContext): void {
    this.#insert.run(
      EVENT_SCHEMA_VERSION,
      this.#clock.now(),
      context.actor ?? null,
      context.run ?? null,
      context.attempt ?? null,
      event.type,
      JSON.stringify(event.payload),
    );
  }

  ofRun(id: RunId): StoredEvent[] {
    return this.#ofRun.all(id).map((row) => ({
      sequence: row.sequence,
      at: row.at,
      type: row.type,
      payload: fromJson(row.payload),
      ...(row.actor_id !== null && { actor: row.actor_id }),
      ...(row.run_id !== null && { run: row.run_id }),
      ...(row.attempt_id !== null && { attempt: row.attempt_id }),
    }));
  }
}
