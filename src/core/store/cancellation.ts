import type { PrincipalId, RunId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunStage, RunState } from '../runs/run.ts';
import type { Connection, Statement } from './database.ts';
import type { EventStore } from './events.ts';

export type CancelResult =
  /** It was queued and will never start. */
  | 'cancelled'
  /** It is active: the lane stops it. */
  | 'requested'
  /** Its model has ended, and its result is taken over: the wish is noted, and changes nothing any more. */
  | 'too_late'
  /** Somebody asked already. */
  | 'already_requested'
  | 'finished';

/** A run of a batch may still be cancelled while what it has given is taken over. */
const STATE = `SELECT state, stage, cancel_requested_at AS requested,
  (SELECT count(*) FROM attempts JOIN job_items ON job_items.job_id = attempts.job_id
   WHERE attempts.id = runs.attempt_id) AS together
FROM runs WHERE id = ?`;

interface PresentState {
  readonly state: RunState;
  readonly stage: RunStage | null;
  readonly requested: number | null;
  /** Runs of its job. */
  readonly together: number;
}

/** Cancelling is an intent on the run; a queued run ends at once. */
export class CancellationStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #events: EventStore;
  readonly #state: Statement<[string], PresentState>;
  readonly #request: Statement<[number, string, string]>;
  readonly #end: Statement<[number, string]>;

  constructor(connection: Connection, { clock, events }: { clock: Clock; events: EventStore }) {
    this.#connection = connection;
    this.#clock = clock;
    this.#events = events;
    this.#state = connection.prepare(STATE);
    this.#request = connection.prepare('UPDATE runs SET cancel_requested_at = ?, cancel_by = ? WHERE id = ?');
    this.#end = connection.prepare("UPDATE runs SET state = 'cancelled', finished_at = ? WHERE id = ?");
  }

  request(run: RunId, by: PrincipalId): CancelResult {
    return this.#connection.write(() => {
      const present = this.#state.get(run);
      if (present === undefined || (present.state !== 'queued' && present.state !== 'active'))
        return 'finished';
      const { stage, together } = present;
      const isTooLate = together === 1 && (stage === 'collecting' || stage === 'verifying');
      if (present.requested !== null) return isTooLate ? 'too_late' : 'already_requested';
      const now = this.#clock.now();
      this.#request.run(now, by, run);
      this.#events.append({ type: 'run.cancel_requested', payload: {} }, { actor: by, run });
      if (present.state === 'active') return isTooLate ? 'too_late' : 'requested';
      this.#end.run(now, run);
      this.#events.append({ type: 'run.finished', payload: { outcome: 'cancelled' } }, { actor: by, run });
      return 'cancelled';
    });
  }
}
