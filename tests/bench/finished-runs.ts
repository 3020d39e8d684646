import SqliteDatabase from 'better-sqlite3';
import type { Prompt } from '../../src/core/prompts/prompt.ts';

/** One finished run a minute, the last one just now. */
const MS_BETWEEN_RUNS = 60_000;

/** Scatters the ids as random ones are, each once: an odd factor modulo 2^32. */
const SCATTER = '(n * 2654435761) % 4294967296';

/**
 * Writes `count` finished runs, with everything that a run of the bot leaves: request, input, job, attempt, events.
 * By SQL, since the bot itself would take an hour. The database must hold the prompt and the profile.
 */
export function insertFinishedRuns(
  path: string,
  count: number,
  { prompt, profileHash }: { prompt: Prompt; profileHash: string },
): void {
  const input = prompt.inputs[0];
  if (input === undefined) throw new Error('the prompt has no input');
  const connection = new SqliteDatabase(path);
  try {
    connection.pragma('foreign_keys = OFF');
    connection.pragma('synchronous = OFF');
    connection.pragma('cache_size = -1000000');
    const values = {
      count,
      prompt: prompt.id,
      owner: prompt.owner,
      profileHash,
      asset: input.asset.sha256,
      first: Date.now() - count * MS_BETWEEN_RUNS,
    };
    connection.transaction(() => {
      for (const sql of STATEMENTS) connection.prepare(`${NUMBERS} ${sql}`).run(values);
    })();
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
  }
}

/** `numbers`: n, the scattered `key`, the time `at`; every statement mentions every value. */
const NUMBERS = `
WITH RECURSIVE
  counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < @count),
  numbers AS (
    SELECT n, printf('%08x', ${SCATTER}) AS key, @first + n * ${MS_BETWEEN_RUNS} AS at,
      @prompt AS prompt, @owner AS owner, @profileHash AS hash, @asset AS asset
    FROM counter
  )`;

const STATEMENTS = [
  `INSERT INTO requests (id, owner_id, created_at) SELECT 'rq_' || key, owner, at FROM numbers`,
  `INSERT INTO runs (id, prompt_id, request_id, owner_id, profile_id, profile_hash, text, negative_text, parameters,
     frames, width, height, priority, turn, state, lane, attempt_id, queued_at, started_at, finished_at, model_ms)
   SELECT 'rs_' || key, prompt, 'rq_' || key, owner, 'preview', hash, 'A rainy neon street at night, cinematic', '',
     '{"edge":0.8,"vis":0.2}', 121, 1280, 704, 0, n, CASE n % 10 WHEN 0 THEN 'failed' ELSE 'done' END, 'here/cpu',
     'jb_' || key || '-a1', at, at + 1000, at + 50000, 48000 FROM numbers`,
  `INSERT INTO run_inputs (run_id, role, asset_sha256, original_name)
   SELECT 'rs_' || key, 'color', asset, 'clip.mp4' FROM numbers`,
  `INSERT INTO jobs (id, lane, created_at, ended_at) SELECT 'jb_' || key, 'here/cpu', at, at + 50000 FROM numbers`,
  `INSERT INTO job_items (job_id, position, run_id) SELECT 'jb_' || key, 0, 'rs_' || key FROM numbers`,
  `INSERT INTO attempts (id, job_id, number, lane, instance_id, state, claimed_at, starting_at, ended_at, outcome)
   SELECT 'jb_' || key || '-a1', 'jb_' || key, 1, 'here/cpu', 'in_00000000', 'ended', at + 1000, at + 1100, at + 50000,
     'done' FROM numbers`,
  `INSERT INTO events (schema_version, at, run_id, type, payload)
   SELECT 1, at, 'rs_' || key, 'run.queued', '{"profile":"preview"}' FROM numbers`,
  `INSERT INTO events (schema_version, at, run_id, attempt_id, type, payload)
   SELECT 1, at + 50000, 'rs_' || key, 'jb_' || key || '-a1', 'run.finished', '{"outcome":"done"}' FROM numbers`,
];
