import { CosmosError } from '../errors.ts';
import { type AttemptId, attemptId, type InstanceId, type LaneName, type RunId } from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { Attempt } from '../runner/attempt.ts';
import type { Connection } from './database.ts';
import type { EventStore } from './events.ts';
import type { FreshIds } from './fresh-ids.ts';

/** The order of the queue, about the table `runs`; runs of one request that are alike in all else keep their order in it. */
export const CLAIM_ORDER = 'priority DESC, turn, queued_at, request_id, request_position';

/** The next run that a lane may take; its one parameter is a JSON list of profile ids. */
export const CLAIM_NEXT = `
SELECT id, profile_id AS profile FROM runs WHERE state = 'queued' AND profile_id IN (SELECT value FROM json_each(?))
ORDER BY ${CLAIM_ORDER} LIMIT 1`;

/** A resolved profile as it is stored: JSON, by its hash. */
export interface StoredProfile {
  readonly hash: string;
  readonly content: string;
}

/** The runs that a lane takes at once, and whom that makes wait. */
export interface Composition {
  /** In the order of their list, the head of the queue first. */
  readonly runs: readonly RunId[];
  /** Runs that stood before one of those, and how many of them came before it now. */
  readonly overtaken: readonly { readonly run: RunId; readonly by: number }[];
}

/** The head of the queue as a lane finds it. */
interface NextRun {
  readonly id: RunId;
  /** Id of its profile. */
  readonly profile: string;
}

/** Gives waiting runs to a lane; each call is a part of a transaction of the attempt's own. */
export class Claims {
  readonly #connection: Connection;
  readonly #ids: FreshIds;
  readonly #clock: Clock;
  readonly #events: EventStore;

  constructor(connection: Connection, parts: { ids: FreshIds; clock: Clock; events: EventStore }) {
    this.#connection = connection;
    this.#ids = parts.ids;
    this.#clock = parts.clock;
    this.#events = parts.events;
  }

  /** The first run that a lane with these profiles may take. */
  next(profiles: readonly string[]): NextRun | undefined {
    return this.#connection.prepare<[string], NextRun>(CLAIM_NEXT).get(JSON.stringify(profiles));
  }

  /** Makes the job and its first attempt, and its runs active. */
  take({
    lane,
    instance,
    next,
    composition,
    ownProfile,
  }: {
    readonly lane: LaneName;
    readonly instance: InstanceId;
    readonly next: NextRun;
    readonly composition: Composition;
    readonly ownProfile: (id: string) => StoredProfile | undefined;
  }): Attempt {
    const now = this.#clock.now();
    const job = this.#ids.make('jb');
    const id = attemptId(job, 1);
    this.#connection.prepare('INSERT INTO jobs (id, lane, created_at) VALUES (?, ?, ?)').run(job, lane, now);
    this.#connection
      .prepare(
        `INSERT INTO attempts (id, job_id, number, lane, instance_id, state, claimed_at)
       VALUES (?, ?, 1, ?, ?, 'claimed', ?)`,
      )
      .run(id, job, lane, instance, now);
    const { runs, overtaken } = composition;
    for (const [position, item] of runs.entries()) {
      this.#connection
        .prepare('INSERT INTO job_items (job_id, position, run_id) VALUES (?, ?, ?)')
        .run(job, position, item);
      this.#activate(item, { lane, attempt: id, at: now, together: runs.length });
      const own = ownProfile(next.profile);
      if (own !== undefined) this.#setProfile(item, next.profile, own);
    }
    for (const { run: waiting, by } of overtaken) {
      this.#connection.prepare('UPDATE runs SET overtaken = overtaken + ? WHERE id = ?').run(by, waiting);
    }
    const items = runs.map((item) => ({ run: item, hasEnded: false }));
    return {
      id,
      job,
      number: 1,
      lane,
      instance,
      state: 'claimed',
      run: next.id,
      items,
      claimedAt: now,
      tries: 0,
    };
  }

  #activate(run: RunId, taken: { lane: LaneName; attempt: AttemptId; at: UtcMs; together: number }): void {
    const { lane, attempt, at, together } = taken;
    const { changes } = this.#connection
      .prepare(
        `UPDATE runs SET state = 'active', stage = 'preparing', lane = ?, attempt_id = ?, started_at = ?
       WHERE id = ? AND state = 'queued'`,
      )
      .run(lane, attempt, at, run);
    if (changes === 0) throw new CosmosError('internal.unexpected', { detail: `${run} does not wait` });
    this.#connection
      .prepare(
        `INSERT INTO turns (owner_id, profile_id, turn) SELECT owner_id, profile_id, turn FROM runs WHERE id = ?
       ON CONFLICT (owner_id, profile_id) DO UPDATE SET turn = excluded.turn`,
      )
      .run(run);
    const payload = together > 1 ? { lane, together } : { lane };
    this.#events.append({ type: 'run.claimed', payload }, { run, attempt });
  }

  #setProfile(run: RunId, id: string, { hash, content }: StoredProfile): void {
    this.#connection
      .prepare('INSERT INTO profiles (hash, id, content) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING')
      .run(hash, id, content);
    // A reproduction keeps the stored profile on the host that it was stored for.
    this.#connection
      .prepare(
        `UPDATE runs SET profile_hash = ? WHERE id = ? AND NOT (parent_relation IS 'reproduce' AND EXISTS (
         SELECT 1 FROM runs AS first WHERE first.id = runs.parent_id
           AND substr(first.lane, 1, instr(first.lane, '/')) = substr(runs.lane, 1, instr(runs.lane, '/'))))`,
      )
      .run(hash, run);
  }
}
