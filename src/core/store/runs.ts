import type { Problem } from '../errors.ts';
import type { PrincipalId, RequestId, RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Run, RunProgress, RunStage } from '../runs/run.ts';
import type { VideoShape } from '../runs/shape.ts';
import { CLAIM_ORDER } from './claims.ts';
import type { Connection, Statement } from './database.ts';
import { InputStore } from './inputs.ts';
import { toJsonOrNull } from './json.ts';
import { prefixRange } from './patterns.ts';
import { conditions, type RunFilter } from './run-filter.ts';
import { type OutputRow, type RunRow, SELECT_RUNS, toOutput, toRun } from './run-rows.ts';

/** A run that is about to be queued. */
export interface NewRun
  extends Pick<
    Run,
    | 'id'
    | 'promptId'
    | 'requestId'
    | 'owner'
    | 'profileId'
    | 'profileHash'
    | 'text'
    | 'negativeText'
    | 'inputs'
    | 'parameters'
    | 'priority'
    | 'parent'
    | 'draft'
    | 'queuedAt'
  > {
  /** Its place among the runs of its request, from 0; 0 where absent. */
  readonly position?: number;
  /** JSON of the resolved profile; stored once per hash. */
  readonly profileContent: string;
  /** Of the main video, or of a picture, for estimates. */
  readonly shape?: VideoShape;
}

/** What a finished run of a profile took; the base of estimates. */
export interface LearnedRun {
  /** Absent where it had neither video nor picture. */
  readonly shape?: VideoShape;
  readonly parameters: string;
  readonly modelMs: number;
}

interface LearnedRow extends Omit<LearnedRun, 'shape'> {
  frames: number | null;
  width: number | null;
  height: number | null;
}

const LEARNED_RUNS = 30;

/** Runs of one request are queued at one moment: their places in it tell which of them is the newer one. */
const NEWEST_FIRST = 'runs.queued_at DESC, runs.request_id, runs.request_position DESC';
const OLDEST_FIRST = 'runs.queued_at, runs.request_id, runs.request_position';

/** Reads runs, queues new ones and keeps what people add to them; claiming and ending is in `attempts.ts`. */
export class RunStore {
  readonly #connection: Connection;
  readonly #inputs: InputStore;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#inputs = new InputStore(connection, 'run');
  }

  /**
   * Queues a run. Turns make the order fair: somebody's next run goes one turn behind their last queued one of the
   * same model; somebody who has none waiting joins the turn that is on, or the next one where they have had this one.
   * In a turn each person starts one run, whatever others have moved to the front or let other lanes take.
   */
  insert(run: NewRun): void {
    this.#connection.write(() => {
      this.#prepare(
        'INSERT INTO profiles (hash, id, content) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING',
      ).run(run.profileHash, run.profileId, run.profileContent);
      this.#prepare(
        `INSERT INTO runs (id, prompt_id, request_id, request_position, owner_id, parent_id, parent_relation,
           profile_id, profile_hash, text, negative_text, parameters, draft, frames, width, height, priority, turn,
           state, queued_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
      ).run(
        run.id,
        run.promptId,
        run.requestId,
        run.position ?? 0,
        run.owner,
        run.parent?.run ?? null,
        run.parent?.relation ?? null,
        run.profileId,
        run.profileHash,
        run.text,
        run.negativeText,
        JSON.stringify(run.parameters),
        toJsonOrNull(run.draft),
        run.shape?.frames ?? null,
        run.shape?.width ?? null,
        run.shape?.height ?? null,
        run.priority,
        this.#turn(run),
        run.queuedAt,
      );
      this.#inputs.replace(run.id, run.inputs);
      // What a model makes of a run may depend on what it shares a load with.
      if (run.parent?.relation === 'reproduce')
        this.#prepare('UPDATE runs SET batch_limit = 1 WHERE id = ?').run(run.id);
    });
  }

  #turn({ owner, profileId }: NewRun): number {
    const row = this.#prepare<string[], { present: number; queued: number; started: number }>(
      `SELECT
         coalesce(
           (SELECT min(turn) FROM runs WHERE profile_id = ? AND state = 'queued'),
           (SELECT min(turn) FROM runs WHERE state = 'queued'),
           1) AS present,
         coalesce(
           (SELECT max(turn) FROM runs WHERE owner_id = ? AND profile_id = ? AND state = 'queued'), 0) AS queued,
         coalesce((SELECT turn FROM turns WHERE owner_id = ? AND profile_id = ?), 0) AS started`,
    ).get(profileId, owner, profileId, owner, profileId);
    const { present, queued, started } = row ?? { present: 1, queued: 0, started: 0 };
    return Math.max(started >= present ? present + 1 : present, queued + 1);
  }

  get(id: RunId): Run | undefined {
    const row = this.#rows('WHERE runs.id = ? AND runs.deleted_at IS NULL', id)[0];
    return row && this.#toRun(row);
  }

  /** Runs whose id begins with `text`, newest first. */
  matching(text: string, limit: number): Run[] {
    return this.#runs(
      `WHERE runs.id >= ? AND runs.id < ? AND runs.deleted_at IS NULL ORDER BY ${NEWEST_FIRST} LIMIT ?`,
      ...prefixRange(text),
      limit,
    );
  }

  /** Newest first; of one request, the last of its runs first. */
  list({ limit, ...filter }: RunFilter): Run[] {
    const { where, values } = conditions(filter);
    return this.#runs(`${where} ORDER BY ${NEWEST_FIRST} LIMIT ?`, ...values, limit);
  }

  /** In the order in which they were asked for. */
  ofRequest(id: RequestId): Run[] {
    return this.#runs('WHERE request_id = ? AND runs.deleted_at IS NULL ORDER BY request_position', id);
  }

  /** Runs that come from this one, oldest first. */
  childrenOf(id: RunId): Run[] {
    return this.#runs(`WHERE runs.parent_id = ? AND runs.deleted_at IS NULL ORDER BY ${OLDEST_FIRST}`, id);
  }

  count(filter: Omit<RunFilter, 'limit'>): number {
    const { where, values } = conditions(filter);
    const row = this.#prepare<string[], { count: number }>(`SELECT count(*) AS count FROM runs ${where}`).get(
      ...values,
    );
    return row?.count ?? 0;
  }

  /** In the order in which they will be claimed. */
  queued(): Run[] {
    return this.#runs(`WHERE state = 'queued' ORDER BY ${CLAIM_ORDER}`);
  }

  /** The first of them that a lane with these profiles can take. */
  queuedFor(profiles: readonly string[], limit: number): Run[] {
    return this.#runs(
      `WHERE state = 'queued' AND profile_id IN (SELECT value FROM json_each(?))
       ORDER BY ${CLAIM_ORDER} LIMIT ?`,
      JSON.stringify(profiles),
      limit,
    );
  }

  /** In the order in which they were claimed. */
  active(): Run[] {
    return this.#runs(`WHERE state = 'active' ORDER BY started_at, ${CLAIM_ORDER}`);
  }

  countQueued(owner: PrincipalId): number {
    const row = this.#prepare<[string], { count: number }>(
      "SELECT count(*) AS count FROM runs WHERE owner_id = ? AND state = 'queued'",
    ).get(owner);
    return row?.count ?? 0;
  }

  /** The resolved profile that is stored with a run, as JSON. */
  profileContent(hash: string): string | undefined {
    return this.#prepare<[string], { content: string }>('SELECT content FROM profiles WHERE hash = ?').get(
      hash,
    )?.content;
  }

  learned(profileId: string): LearnedRun[] {
    return this.#prepare<[string, number], LearnedRow>(
      `SELECT frames, width, height, parameters, model_ms AS modelMs FROM runs
       WHERE state = 'done' AND profile_id = ? AND model_ms IS NOT NULL
       ORDER BY finished_at DESC LIMIT ?`,
    )
      .all(profileId, LEARNED_RUNS)
      .map(({ frames, width, height, ...run }) => {
        const isKnown = frames !== null && width !== null && height !== null;
        return { ...run, ...(isKnown && { shape: { frames, width, height } }) };
      });
  }

  setRating(id: RunId, rating: number): void {
    this.#prepare('UPDATE runs SET rating = ? WHERE id = ?').run(rating, id);
  }

  setPriority(id: RunId, priority: number): void {
    this.#prepare("UPDATE runs SET priority = ? WHERE id = ? AND state = 'queued'").run(priority, id);
  }

  setStage(id: RunId, stage: RunStage): void {
    this.#prepare("UPDATE runs SET stage = ? WHERE id = ? AND state = 'active' AND stage IS NOT ?").run(
      stage,
      id,
      stage,
    );
  }

  setProgress(id: RunId, progress: RunProgress): void {
    this.#prepare("UPDATE runs SET progress = ? WHERE id = ? AND state = 'active'").run(
      JSON.stringify(progress),
      id,
    );
  }

  /** What an active run waits for; the end of the run replaces it. False where the run is not active. */
  setHoldUp(id: RunId, problem: Problem | undefined): boolean {
    return (
      this.#prepare("UPDATE runs SET problem = ? WHERE id = ? AND state = 'active'").run(
        toJsonOrNull(problem),
        id,
      ).changes > 0
    );
  }

  /** False where the run is not active: its end has taken that away. */
  setUnreachable(id: RunId, since: UtcMs | undefined): boolean {
    return (
      this.#prepare("UPDATE runs SET unreachable_since = ? WHERE id = ? AND state = 'active'").run(
        since ?? null,
        id,
      ).changes > 0
    );
  }

  #runs(clause: string, ...values: (string | number)[]): Run[] {
    return this.#rows(clause, ...values).map((row) => this.#toRun(row));
  }

  #rows(clause: string, ...values: (string | number)[]): RunRow[] {
    return this.#prepare<(string | number)[], RunRow>(`${SELECT_RUNS} ${clause}`).all(...values);
  }

  #toRun(row: RunRow): Run {
    const outputs = this.#prepare<[string], OutputRow>(
      'SELECT kind, purpose, label, path, bytes, sha256, facts, text FROM run_outputs WHERE run_id = ? ORDER BY position',
    ).all(row.id);
    return toRun(row, this.#inputs.of(row.id), outputs.map(toOutput));
  }

  #prepare<Parameters extends unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql);
  }
}
