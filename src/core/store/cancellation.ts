import type { PrincipalId, RunId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunState } from '../runs/run.ts';
import type { Connection, Statement } from './database.ts';
import type { EventStore } from './events.ts';

export type CancelResult =
  /** It was queued and will never start. */
  | 'cancelled'
  /** It is active: the lane stops it. */
  | 'requested'
  /** Somebody asked already. */
  | 'already_requested'
  | 'finished';

/** Cancelling is an intent on the run; a queued run ends at once. */
export class CancellationStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #events: EventStore;
  readonly #state: Statement<[string], { state: RunState; requested: number | null }>;
  readonly #request: Statement<[number, string, string]>;
  readonly #end: Statement<[number, string]>;

  constructor(connection: Connection, { clock, events }: { clock: Clock; events: EventStore }) {
    this.#connection = connection;
    this.#clock = clock;
    this.#events = events;
    this.#state = connection.prepare('SELECT state, cancel_requested_at AS requested FROM runs WHERE id = ?');
    this.#request = connection.prepare('UPDATE runs SET cancel_requested_at = ?, cancel_by = ? WHERE id = ?');
    this.#end = connection.prepare("UPDATE runs SET state = 'cancelled', finished_at = ? WHERE id = ?");
  }

  request(run: RunId, by: PrincipalId): CancelResult {
    return this.#connection.write(() => {
      const present = this.#state.get(run);
      if (present === undefined || (present.state !== 'queued' && present.state !== 'active'))
        return 'finished';
      if (present.requested !== null) return 'already_requested';
      const now = this.#clock.now();
      this.#request.run(now, by, run);
      this.#events.append({ type: 'run.cancel_requested', payload: {} }, { actor: by, run });
      if (present.state === 'active') return 'requested';
      this.#end.run(now, run);
      this.#events.append({ type: 'run.finished', payload: { outcome: 'cancelled' } }, { actor: by, run });
      return 'cancelled';
    });
  }
}
