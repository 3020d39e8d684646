import type { Problem } from '../errors.ts';
import type { PrincipalId, RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Attempt } from '../runner/attempt.ts';
import type { RunOutcome, RunOutput } from '../runs/run.ts';
import type { Connection } from './database.ts';
import type { EnhancedPrompts } from './enhanced-prompts.ts';
import type { EventStore } from './events.ts';
import { toJsonOrNull } from './json.ts';

/** What a run has taken. */
export interface RunShare {
  readonly gpuSeconds?: number;
  /** What it would have taken alone, ms; estimates learn from it. */
  readonly modelMs?: number;
}

/** How a run ended. */
export interface RunEnd extends RunShare {
  readonly outcome: RunOutcome;
  readonly problem?: Problem;
  readonly outputs: readonly RunOutput[];
}

/** A run that others have kept from its end: it waits again at its old place. */
export interface RunReturn {
  readonly outcome: 'returned';
  /** Why. */
  readonly problem: Problem;
  /** With how many runs it may share a load from now on, itself included. */
  readonly batchLimit?: number;
}

/** Writes what becomes of the runs of an attempt; each call is a part of a transaction of the attempt's own. */
export class RunEnds {
  readonly #connection: Connection;
  readonly #events: EventStore;
  readonly #enhanced: EnhancedPrompts;

  constructor(connection: Connection, events: EventStore, enhanced: EnhancedPrompts) {
    this.#connection = connection;
    this.#events = events;
    this.#enhanced = enhanced;
  }

  /** Its end, with its outputs. */
  end(attempt: Attempt, run: RunId, end: RunEnd, at: UtcMs, by?: PrincipalId): void {
    const { outcome, problem, outputs, modelMs, gpuSeconds } = end;
    this.#connection
      .prepare(
        `UPDATE runs SET state = ?, stage = NULL, problem = ?, unreachable_since = NULL, finished_at = ?,
         model_ms = ?, gpu_seconds = ? WHERE id = ?`,
      )
      .run(outcome, toJsonOrNull(problem), at, modelMs ?? null, gpuSeconds ?? null, run);
    this.#insertOutputs(run, outputs);
    if (outcome === 'done') this.#enhanced.add(run, outputs);
    const payload = { outcome, ...(problem && { problem }) };
    this.#events.append(
      { type: 'run.finished', payload },
      { run, attempt: attempt.id, ...(by && { actor: by }) },
    );
  }

  /** Its place in the queue is that of before. */
  giveBack(attempt: Attempt, run: RunId, { problem, batchLimit }: RunReturn): void {
    const limit = batchLimit ?? null;
    this.#connection
      .prepare(
        `UPDATE runs SET state = 'queued', stage = NULL, lane = NULL, attempt_id = NULL, started_at = NULL,
         progress = NULL, problem = NULL, unreachable_since = NULL, returns = returns + 1, return_problem = ?,
         batch_limit = CASE WHEN ? IS NULL THEN batch_limit ELSE min(coalesce(batch_limit, ?), ?) END
       WHERE id = ?`,
      )
      .run(JSON.stringify(problem), limit, limit, limit, run);
    this.#events.append({ type: 'run.returned', payload: { problem } }, { run, attempt: attempt.id });
  }

  /** What runs that have ended have had of a whole. */
  setShares(shares: ReadonlyMap<RunId, RunShare>): void {
    for (const [run, { gpuSeconds = null, modelMs = null }] of shares) {
      this.#connection
        .prepare(
          "UPDATE runs SET gpu_seconds = ?, model_ms = ? WHERE id = ? AND state NOT IN ('queued', 'active')",
        )
        .run(gpuSeconds, modelMs, run);
    }
  }

  #insertOutputs(run: RunId, outputs: readonly RunOutput[]): void {
    const insert = this.#connection.prepare(
      `INSERT INTO run_outputs (run_id, position, kind, purpose, label, path, bytes, sha256, facts, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, output] of outputs.entries()) {
      const { kind, purpose, label, path, bytes, sha256, facts, text } = output;
      insert.run(run, position, kind, purpose, label, path, bytes, sha256, toJsonOrNull(facts), text ?? null);
    }
  }
}
