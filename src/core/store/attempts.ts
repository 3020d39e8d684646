import type { Problem } from '../errors.ts';
import {
  type AttemptId,
  attemptId,
  type HostId,
  type InstanceId,
  type LaneName,
  type PrincipalId,
  type RunId,
} from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { OutputFile } from '../ports/host.ts';
import type { Attempt, StopReason } from '../runner/attempt.ts';
import type { RunOutcome, RunOutput } from '../runs/run.ts';
import { type AttemptRow, toAttempt } from './attempt-rows.ts';
import type { Connection, Statement } from './database.ts';
import type { EventStore } from './events.ts';
import type { FreshIds } from './fresh-ids.ts';
import { toJsonOrNull } from './json.ts';
import type { SettingStore } from './settings.ts';

/** The next run that a lane may take; its one parameter is a JSON list of profile ids. */
export const CLAIM_NEXT = `
SELECT id, profile_id AS profile FROM runs WHERE state = 'queued' AND profile_id IN (SELECT value FROM json_each(?))
ORDER BY priority DESC, turn, queued_at, id LIMIT 1`;

const SELECT_OPEN = `
SELECT attempts.id, attempts.job_id, number, lane, instance_id, host_id, state, run_id, claimed_at,
  starting_at, tries, next_try_at, stop_reason, stop_sent_at, kill_sent_at, outputs_at_stop, problem
FROM attempts JOIN job_items ON job_items.job_id = attempts.job_id
WHERE state <> 'ended'`;

/** A resolved profile as it is stored: JSON, by its hash. */
export interface StoredProfile {
  readonly hash: string;
  readonly content: string;
}

/** How an attempt ended, and with it its run. */
export interface AttemptEnd {
  readonly outcome: RunOutcome;
  readonly problem?: Problem;
  readonly outputs: readonly RunOutput[];
  readonly exitCode?: number;
  /** The host's own clock. */
  readonly hostStartedAt?: number;
  readonly hostEndedAt?: number;
  readonly gpuSeconds?: number;
}

/** The transitions of attempts and, with them, of runs: each is one transaction and can be repeated. */
export class AttemptStore {
  readonly #connection: Connection;
  readonly #ids: FreshIds;
  readonly #clock: Clock;
  readonly #events: EventStore;
  readonly #settings: SettingStore;
  readonly #open: Statement<[string], AttemptRow>;

  constructor(
    connection: Connection,
    {
      ids,
      clock,
      events,
      settings,
    }: { ids: FreshIds; clock: Clock; events: EventStore; settings: SettingStore },
  ) {
    this.#connection = connection;
    this.#ids = ids;
    this.#clock = clock;
    this.#events = events;
    this.#settings = settings;
    this.#open = connection.prepare(`${SELECT_OPEN} AND lane = ?`);
  }

  /** The attempt that the lane is busy with. */
  open(lane: LaneName): Attempt | undefined {
    const row = this.#open.get(lane);
    return row && toAttempt(row);
  }

  /** What all lanes are busy with, those that are not configured any more included. */
  allOpen(): Attempt[] {
    return this.#prepare<[], AttemptRow>(`${SELECT_OPEN} ORDER BY claimed_at, attempts.id`)
      .all()
      .map(toAttempt);
  }

  /** `unknown` where this database never made that attempt. */
  stateOf(attempt: AttemptId): 'open' | 'ended' | 'unknown' {
    const row = this.#prepare<[string], { state: string }>('SELECT state FROM attempts WHERE id = ?').get(
      attempt,
    );
    if (row === undefined) return 'unknown';
    return row.state === 'ended' ? 'ended' : 'open';
  }

  /** Whether a run waits that a lane with these profiles could take now. */
  isWaitedFor(profiles: readonly string[]): boolean {
    const next = this.#prepare<[string], { id: RunId }>(CLAIM_NEXT).get(JSON.stringify(profiles));
    return next !== undefined && this.#settings.get('queue.paused') === undefined;
  }

  /**
   * Takes the next queued run that the lane can execute: highest priority, then lowest turn, then oldest.
   * Undefined where there is none, or the queue is paused, or the lane is blocked or busy. `ownProfile` is what the
   * lane's host executes in the place of the profile that was stored with the run, where hosts differ.
   */
  claim(
    lane: LaneName,
    profiles: readonly string[],
    instance: InstanceId,
    ownProfile: (id: string) => StoredProfile | undefined = () => undefined,
  ): Attempt | undefined {
    const next = this.#prepare<[string], { id: RunId; profile: string }>(CLAIM_NEXT);
    if (next.get(JSON.stringify(profiles)) === undefined) return undefined;
    return this.#connection.write(() => {
      const run = next.get(JSON.stringify(profiles));
      if (run === undefined || this.#settings.get('queue.paused') !== undefined) return undefined;
      if (this.#isBlocked(lane) || this.open(lane) !== undefined) return undefined;
      const now = this.#clock.now();
      const job = this.#ids.make('jb');
      const id = attemptId(job, 1);
      this.#prepare('INSERT INTO jobs (id, lane, created_at) VALUES (?, ?, ?)').run(job, lane, now);
      this.#prepare('INSERT INTO job_items (job_id, position, run_id) VALUES (?, 0, ?)').run(job, run.id);
      this.#prepare(
        `INSERT INTO attempts (id, job_id, number, lane, instance_id, state, claimed_at)
         VALUES (?, ?, 1, ?, ?, 'claimed', ?)`,
      ).run(id, job, lane, instance, now);
      this.#prepare(
        `UPDATE runs SET state = 'active', stage = 'preparing', lane = ?, attempt_id = ?, started_at = ? WHERE id = ?`,
      ).run(lane, id, now, run.id);
      this.#prepare(
        `INSERT INTO turns (owner_id, profile_id, turn) SELECT owner_id, profile_id, turn FROM runs WHERE id = ?
         ON CONFLICT (owner_id, profile_id) DO UPDATE SET turn = excluded.turn`,
      ).run(run.id);
      const own = ownProfile(run.profile);
      if (own !== undefined) this.#setProfile(run.id, run.profile, own);
      this.#events.append({ type: 'run.claimed', payload: { lane } }, { run: run.id, attempt: id });
      return { id, job, number: 1, lane, instance, state: 'claimed', run: run.id, claimedAt: now, tries: 0 };
    });
  }

  /** Remembers on which host the attempt is prepared, before anything is written there. */
  setHost(attempt: Attempt, host: HostId): void {
    this.#prepare("UPDATE attempts SET host_id = ? WHERE id = ? AND state <> 'ended'").run(host, attempt.id);
  }

  /** The last look at the cancel intent: false where the run must not start, cancelled or ended by somebody. */
  markStarting(attempt: Attempt): boolean {
    return this.#connection.write(() => {
      const intent = this.#prepare<[string], { at: number | null }>(
        'SELECT cancel_requested_at AS at FROM runs WHERE id = ?',
      ).get(attempt.run);
      if (intent?.at !== null) return false;
      const changed = this.#prepare(
        `UPDATE attempts SET state = 'starting', starting_at = ?, tries = 0, next_try_at = NULL, problem = NULL
         WHERE id = ? AND state = 'claimed'`,
      ).run(this.#clock.now(), attempt.id).changes;
      if (changed === 0) return this.stateOf(attempt.id) === 'open';
      this.#prepare("UPDATE runs SET stage = 'starting' WHERE id = ?").run(attempt.run);
      this.#events.append(
        { type: 'run.starting', payload: { lane: attempt.lane } },
        { run: attempt.run, attempt: attempt.id },
      );
      return true;
    });
  }

  /** Another start is tried: its run time counts from now. */
  markStartingAgain(attempt: Attempt): void {
    this.#prepare("UPDATE attempts SET starting_at = ? WHERE id = ? AND state = 'starting'").run(
      this.#clock.now(),
      attempt.id,
    );
  }

  /** A try that failed before the model began; the next one is not before `nextTryAt`. */
  recordFailedTry(attempt: Attempt, problem: Problem, nextTryAt: UtcMs): void {
    this.#connection.write(() => {
      const { changes } = this.#prepare(
        "UPDATE attempts SET tries = tries + 1, next_try_at = ?, problem = ? WHERE id = ? AND state <> 'ended'",
      ).run(nextTryAt, JSON.stringify(problem), attempt.id);
      if (changes === 0) return;
      this.#events.append(
        { type: 'run.try_failed', payload: { problem, nextTryAt } },
        { run: attempt.run, attempt: attempt.id },
      );
    });
  }

  /** Written before the stop signal is sent. */
  recordStop(attempt: Attempt, reason: StopReason, outputs: readonly OutputFile[]): void {
    this.#connection.write(() => {
      const { changes } = this.#prepare(
        `UPDATE attempts SET stop_reason = ?, stop_sent_at = ?, outputs_at_stop = ? WHERE id = ? AND state <> 'ended'`,
      ).run(reason, this.#clock.now(), JSON.stringify(outputs), attempt.id);
      if (changes === 0) return;
      this.#prepare("UPDATE runs SET stage = 'stopping' WHERE id = ?").run(attempt.run);
      this.#events.append(
        { type: 'run.stop_sent', payload: { strength: 'terminate', reason } },
        { run: attempt.run, attempt: attempt.id },
      );
    });
  }

  /** Written before the kill is sent. */
  recordKill(attempt: Attempt, reason: StopReason): void {
    this.#connection.write(() => {
      const { changes } = this.#prepare(
        "UPDATE attempts SET kill_sent_at = ? WHERE id = ? AND state <> 'ended'",
      ).run(this.#clock.now(), attempt.id);
      if (changes === 0) return;
      this.#events.append(
        { type: 'run.stop_sent', payload: { strength: 'kill', reason } },
        { run: attempt.run, attempt: attempt.id },
      );
    });
  }

  /**
   * Ends the attempt, its job and its run in one transaction. A second call changes nothing, and is told by false. `by`
   * is who has ended it, where that was not the job's own end.
   */
  end(attempt: Attempt, end: AttemptEnd, by?: PrincipalId): boolean {
    return this.#connection.write(() => {
      const now = this.#clock.now();
      const problem = toJsonOrNull(end.problem);
      const changed = this.#prepare(
        `UPDATE attempts SET state = 'ended', ended_at = ?, outcome = ?, problem = ?, exit_code = ?,
           host_started_at = ?, host_ended_at = ?, gpu_seconds = ?
         WHERE id = ? AND state <> 'ended'`,
      ).run(
        now,
        end.outcome,
        problem,
        end.exitCode ?? null,
        end.hostStartedAt ?? null,
        end.hostEndedAt ?? null,
        end.gpuSeconds ?? null,
        attempt.id,
      ).changes;
      if (changed === 0) return false;
      this.#prepare('UPDATE jobs SET ended_at = ? WHERE id = ?').run(now, attempt.job);
      this.#prepare(
        `UPDATE runs SET state = ?, stage = NULL, problem = ?, unreachable_since = NULL, finished_at = ?,
           model_ms = ?, gpu_seconds = ? WHERE id = ?`,
      ).run(end.outcome, problem, now, modelMs(end), end.gpuSeconds ?? null, attempt.run);
      this.#insertOutputs(attempt.run, end.outputs);
      this.#events.append(
        {
          type: 'run.finished',
          payload: { outcome: end.outcome, ...(end.problem && { problem: end.problem }) },
        },
        { run: attempt.run, attempt: attempt.id, ...(by && { actor: by }) },
      );
      return true;
    });
  }

  #insertOutputs(run: RunId, outputs: readonly RunOutput[]): void {
    const insert = this.#prepare(
      `INSERT INTO run_outputs (run_id, position, kind, purpose, label, path, bytes, sha256, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, output] of outputs.entries()) {
      const { kind, purpose, label, path, bytes, sha256, facts } = output;
      insert.run(run, position, kind, purpose, label, path, bytes, sha256, toJsonOrNull(facts));
    }
  }

  #setProfile(run: RunId, id: string, { hash, content }: StoredProfile): void {
    this.#prepare(
      'INSERT INTO profiles (hash, id, content) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING',
    ).run(hash, id, content);
    this.#prepare('UPDATE runs SET profile_hash = ? WHERE id = ?').run(hash, run);
  }

  #isBlocked(lane: LaneName): boolean {
    return (
      this.#prepare<[string], { one: 1 }>(
        'SELECT 1 AS one FROM lanes WHERE name = ? AND blocked IS NOT NULL',
      ).get(lane) !== undefined
    );
  }

  #prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql);
  }
}

function modelMs(end: AttemptEnd): number | null {
  if (end.hostStartedAt === undefined || end.hostEndedAt === undefined) return null;
  return end.hostEndedAt - end.hostStartedAt;
}
