import type { Problem } from '../errors.ts';
import type { CosmosEvent } from '../events.ts';
import type { AttemptId, HostId, InstanceId, LaneName, PrincipalId, RunId } from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { OutputFile } from '../ports/host.ts';
import { type Attempt, openRuns, type StopReason } from '../runner/attempt.ts';
import { type AttemptRow, toAttempt } from './attempt-rows.ts';
import { Claims, type Composition, type StoredProfile } from './claims.ts';
import type { Connection, Statement } from './database.ts';
import { EnhancedPrompts } from './enhanced-prompts.ts';
import type { EventStore } from './events.ts';
import type { FreshIds } from './fresh-ids.ts';
import { toJsonOrNull } from './json.ts';
import type { PromptStore } from './prompts.ts';
import { type RunEnd, RunEnds, type RunReturn, type RunShare } from './run-ends.ts';
import type { SettingStore } from './settings.ts';

const SELECT_OPEN = `
SELECT id, job_id, number, lane, instance_id, host_id, state, claimed_at,
  starting_at, tries, next_try_at, stop_reason, stop_sent_at, kill_sent_at, outputs_at_stop, problem,
  (SELECT json_group_array(json_array(run_id, ended_at IS NOT NULL) ORDER BY position)
   FROM job_items WHERE job_items.job_id = attempts.job_id) AS items
FROM attempts
WHERE state <> 'ended'`;

/** How an attempt ended, and with it those of its runs that are not ended yet. */
export interface AttemptEnd extends RunEnd {
  readonly exitCode?: number;
  /** The host's own clock. */
  readonly hostStartedAt?: number;
  readonly hostEndedAt?: number;
  /** Runs that end in another way than the attempt itself. */
  readonly items?: ReadonlyMap<RunId, RunEnd | RunReturn>;
  /** What each of several runs has had of the whole, those that have ended before included. */
  readonly shares?: ReadonlyMap<RunId, RunShare>;
}

/** The transitions of attempts and, with them, of runs: each is one transaction and can be repeated. */
export class AttemptStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #events: EventStore;
  readonly #settings: SettingStore;
  readonly #claims: Claims;
  readonly #ends: RunEnds;
  readonly #open: Statement<[string], AttemptRow>;

  constructor(
    connection: Connection,
    {
      ids,
      clock,
      events,
      settings,
      prompts,
    }: { ids: FreshIds; clock: Clock; events: EventStore; settings: SettingStore; prompts: PromptStore },
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#events = events;
    this.#settings = settings;
    const enhanced = new EnhancedPrompts(connection, { ids, clock, events, prompts });
    this.#claims = new Claims(connection, { ids, clock, events });
    this.#ends = new RunEnds(connection, events, enhanced);
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
    return this.#claims.next(profiles) !== undefined && this.#settings.get('queue.paused') === undefined;
  }

  /**
   * Takes the next queued run that the lane can execute: highest priority, then lowest turn, then oldest.
   * Undefined where there is none, or the queue is paused, or the lane is blocked or busy. `ownProfile` is what the
   * lane's host executes in the place of the profile that was stored with the run, where hosts differ. `compose` tells
   * what shares a load with that run; nothing where it is not given.
   */
  claim(
    lane: LaneName,
    profiles: readonly string[],
    instance: InstanceId,
    ownProfile: (id: string) => StoredProfile | undefined = () => undefined,
    compose: (head: RunId) => Composition = (head) => ({ runs: [head], overtaken: [] }),
  ): Attempt | undefined {
    if (this.#claims.next(profiles) === undefined) return undefined;
    return this.#connection.write(() => {
      const next = this.#claims.next(profiles);
      if (next === undefined || this.#settings.get('queue.paused') !== undefined) return undefined;
      if (this.#isBlocked(lane) || this.open(lane) !== undefined) return undefined;
      return this.#claims.take({ lane, instance, next, composition: compose(next.id), ownProfile });
    });
  }

  /** Remembers on which host the attempt is prepared, before anything is written there. */
  setHost(attempt: Attempt, host: HostId): void {
    this.#prepare("UPDATE attempts SET host_id = ? WHERE id = ? AND state <> 'ended'").run(host, attempt.id);
  }

  /** The last look at the cancel intents: false where a run of it must not start, cancelled or ended by somebody. */
  markStarting(attempt: Attempt): boolean {
    return this.#connection.write(() => {
      const runs = this.#openRuns(attempt);
      const planned = openRuns(attempt);
      if (planned.length !== runs.length || runs.some(({ cancelled }) => cancelled === 1)) return false;
      const changed = this.#prepare(
        `UPDATE attempts SET state = 'starting', starting_at = ?, tries = 0, next_try_at = NULL, problem = NULL
         WHERE id = ? AND state = 'claimed'`,
      ).run(this.#clock.now(), attempt.id).changes;
      if (changed === 0) return this.stateOf(attempt.id) === 'open';
      for (const { run } of runs) {
        this.#prepare("UPDATE runs SET stage = 'starting' WHERE id = ?").run(run);
        this.#append(attempt, run, { type: 'run.starting', payload: { lane: attempt.lane } });
      }
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
      for (const { run } of this.#openRuns(attempt)) {
        this.#append(attempt, run, { type: 'run.try_failed', payload: { problem, nextTryAt } });
      }
    });
  }

  /** Written before the stop signal is sent. */
  recordStop(attempt: Attempt, reason: StopReason, outputs: readonly OutputFile[]): void {
    this.#connection.write(() => {
      const { changes } = this.#prepare(
        `UPDATE attempts SET stop_reason = ?, stop_sent_at = ?, outputs_at_stop = ? WHERE id = ? AND state <> 'ended'`,
      ).run(reason, this.#clock.now(), JSON.stringify(outputs), attempt.id);
      if (changes === 0) return;
      for (const { run } of this.#openRuns(attempt)) {
        this.#prepare("UPDATE runs SET stage = 'stopping' WHERE id = ?").run(run);
        this.#append(attempt, run, { type: 'run.stop_sent', payload: { strength: 'terminate', reason } });
      }
    });
  }

  /** Written before the kill is sent. */
  recordKill(attempt: Attempt, reason: StopReason): void {
    this.#connection.write(() => {
      const { changes } = this.#prepare(
        "UPDATE attempts SET kill_sent_at = ? WHERE id = ? AND state <> 'ended'",
      ).run(this.#clock.now(), attempt.id);
      if (changes === 0) return;
      for (const { run } of this.#openRuns(attempt)) {
        this.#append(attempt, run, { type: 'run.stop_sent', payload: { strength: 'kill', reason } });
      }
    });
  }

  /**
   * Ends one run of several; the others go on. Before the start the run leaves the job altogether: nothing of it is
   * sent. False where it has ended already, or the attempt has.
   */
  endItem(attempt: Attempt, run: RunId, end: RunEnd): boolean {
    return this.#connection.write(() => {
      const present = this.#openRuns(attempt).some((open) => open.run === run);
      const state = this.#prepare<[string], { state: string }>('SELECT state FROM attempts WHERE id = ?').get(
        attempt.id,
      )?.state;
      if (!present || state === undefined || state === 'ended') return false;
      const now = this.#clock.now();
      if (state === 'claimed') {
        this.#prepare('DELETE FROM job_items WHERE job_id = ? AND run_id = ?').run(attempt.job, run);
      } else {
        this.#prepare('UPDATE job_items SET ended_at = ? WHERE job_id = ? AND run_id = ?').run(
          now,
          attempt.job,
          run,
        );
      }
      this.#ends.end(attempt, run, end, now);
      return true;
    });
  }

  /**
   * Ends the attempt, its job and its runs in one transaction. A second call changes nothing, and is told by false. `by`
   * is who has ended it, where that was not the job's own end.
   */
  end(attempt: Attempt, end: AttemptEnd, by?: PrincipalId): boolean {
    return this.#connection.write(() => {
      const now = this.#clock.now();
      const open = this.#openRuns(attempt);
      const changed = this.#prepare(
        `UPDATE attempts SET state = 'ended', ended_at = ?, outcome = ?, problem = ?, exit_code = ?,
           host_started_at = ?, host_ended_at = ?, gpu_seconds = ?
         WHERE id = ? AND state <> 'ended'`,
      ).run(
        now,
        end.outcome,
        toJsonOrNull(end.problem),
        end.exitCode ?? null,
        end.hostStartedAt ?? null,
        end.hostEndedAt ?? null,
        end.gpuSeconds ?? null,
        attempt.id,
      ).changes;
      if (changed === 0) return false;
      this.#prepare('UPDATE jobs SET ended_at = ? WHERE id = ?').run(now, attempt.job);
      this.#prepare('UPDATE job_items SET ended_at = ? WHERE job_id = ? AND ended_at IS NULL').run(
        now,
        attempt.job,
      );
      const modelMs = modelMsOf(end);
      for (const { run, cancelled } of open) {
        const own = end.items?.get(run) ?? { ...end, ...(modelMs !== undefined && { modelMs }) };
        if (own.outcome !== 'returned') this.#ends.end(attempt, run, own, now, by);
        else if (cancelled === 1)
          this.#ends.end(attempt, run, { outcome: 'cancelled', outputs: [] }, now, by);
        else this.#ends.giveBack(attempt, run, own);
      }
      if (end.shares !== undefined) this.#ends.setShares(end.shares);
      return true;
    });
  }

  #openRuns({ job }: Attempt): { run: RunId; cancelled: 0 | 1 }[] {
    return this.#prepare<[string], { run: RunId; cancelled: 0 | 1 }>(
      `SELECT run_id AS run, cancel_requested_at IS NOT NULL AS cancelled
       FROM job_items JOIN runs ON runs.id = run_id
       WHERE job_id = ? AND ended_at IS NULL ORDER BY position`,
    ).all(job);
  }

  #append(attempt: Attempt, run: RunId, event: CosmosEvent, by?: PrincipalId): void {
    this.#events.append(event, { run, attempt: attempt.id, ...(by && { actor: by }) });
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

function modelMsOf(end: AttemptEnd): number | undefined {
  if (end.hostStartedAt === undefined || end.hostEndedAt === undefined) return undefined;
  return end.hostEndedAt - end.hostStartedAt;
}
