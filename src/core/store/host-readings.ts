import type { Problem } from '../errors.ts';
import type { HostName } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { HostFacts } from '../ports/host.ts';
import type { Connection, Statement } from './database.ts';
import { fromJsonOrUndefined, toJsonOrNull } from './json.ts';

/** How a host was when it was asked last. */
export interface HostReading {
  readonly askedAt: UtcMs;
  /** What it answered last; older than `askedAt` while it fails. */
  readonly answer?: { readonly at: UtcMs; readonly facts: HostFacts };
  /** Why asking fails, and since when it fails in this way; absent while it answers. */
  readonly failure?: { readonly since: UtcMs; readonly problem: Problem };
}

interface ReadingRow {
  asked_at: number;
  answered_at: number | null;
  facts: string | null;
  failing_since: number | null;
  problem: string | null;
}

/** The last reading of each host: any process may ask a host, and all show what came of it. */
export class HostReadingStore {
  readonly #get: Statement<[string], ReadingRow>;
  readonly #setAnswer: Statement<[string, number, number, string]>;
  readonly #setFailure: Statement<[string, number, number, string | null]>;

  constructor(connection: Connection) {
    this.#get = connection.prepare(
      'SELECT asked_at, answered_at, facts, failing_since, problem FROM host_readings WHERE host = ?',
    );
    this.#setAnswer = connection.prepare(
      `INSERT INTO host_readings (host, asked_at, answered_at, facts) VALUES (?, ?, ?, ?)
       ON CONFLICT (host) DO UPDATE SET asked_at = excluded.asked_at, answered_at = excluded.answered_at,
         facts = excluded.facts, failing_since = NULL, problem = NULL`,
    );
    // A failure goes on while its code stays the same; "no answer" after "folder not writable" begins anew.
    this.#setFailure = connection.prepare(
      `INSERT INTO host_readings (host, asked_at, failing_since, problem) VALUES (?, ?, ?, ?)
       ON CONFLICT (host) DO UPDATE SET asked_at = excluded.asked_at, problem = excluded.problem,
         failing_since = iif(problem ->> 'code' = excluded.problem ->> 'code', failing_since, excluded.failing_since)`,
    );
  }

  get(host: HostName): HostReading | undefined {
    const row = this.#get.get(host);
    if (row === undefined) return undefined;
    const facts = fromJsonOrUndefined<HostFacts>(row.facts);
    const problem = fromJsonOrUndefined<Problem>(row.problem);
    return {
      askedAt: row.asked_at,
      ...(facts !== undefined && row.answered_at !== null && { answer: { at: row.answered_at, facts } }),
      ...(problem !== undefined &&
        row.failing_since !== null && { failure: { since: row.failing_since, problem } }),
    };
  }

  setAnswer(host: HostName, facts: HostFacts, at: UtcMs): void {
    this.#setAnswer.run(host, at, at, JSON.stringify(facts));
  }

  setFailure(host: HostName, problem: Problem, at: UtcMs): void {
    this.#setFailure.run(host, at, at, toJsonOrNull(problem));
  }
}
