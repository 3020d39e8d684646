import type { PrincipalId, RequestId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { RunRequest } from '../requests/request.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson, fromJsonOrUndefined, toJsonOrNull } from './json.ts';
import { prefixRange } from './patterns.ts';

/** A request that is about to be stored. */
export interface NewRequest {
  readonly id: RequestId;
  readonly owner: PrincipalId;
  /** What differs between its runs; absent where it is one run, shown by itself. */
  readonly varied?: readonly string[];
  readonly parent?: RequestId;
  /** It waits for somebody's confirmation: what was asked for, for whoever stored it. */
  readonly proposal?: unknown;
  readonly at: UtcMs;
}

interface RequestRow {
  id: RequestId;
  owner_id: PrincipalId;
  owner_name: string;
  varied: string | null;
  parent_id: RequestId | null;
  created_at: number;
}

const SELECT = `
SELECT requests.id, owner_id, principals.name AS owner_name, varied, parent_id, requests.created_at
FROM requests JOIN principals ON principals.id = requests.owner_id
WHERE proposal IS NULL`;

/** What was asked for in one go; the runs of each are in `runs.ts`. */
export class RequestStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  insert({ id, owner, varied, parent, proposal, at }: NewRequest): void {
    this.#prepare<(string | number | null)[]>(
      'INSERT INTO requests (id, owner_id, varied, parent_id, proposal, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(id, owner, toJsonOrNull(varied), parent ?? null, toJsonOrNull(proposal), at);
  }

  /** One that waits for a confirmation is none yet. */
  get(id: RequestId): RunRequest | undefined {
    const row = this.#prepare<[string], RequestRow>(`${SELECT} AND requests.id = ?`).get(id);
    return row && toRequest(row);
  }

  /** Batches whose id begins with `text`, newest first. */
  matching(text: string, limit: number): RunRequest[] {
    return this.#prepare<(string | number)[], RequestRow>(
      `${SELECT} AND varied IS NOT NULL AND requests.id >= ? AND requests.id < ?
       ORDER BY requests.created_at DESC LIMIT ?`,
    )
      .all(...prefixRange(text), limit)
      .map(toRequest);
  }

  /** Batches, newest first. */
  newest(limit: number, owner?: PrincipalId): RunRequest[] {
    return this.#prepare<(string | number | null)[], RequestRow>(
      `${SELECT} AND varied IS NOT NULL AND owner_id = coalesce(?, owner_id)
       ORDER BY requests.created_at DESC, requests.id LIMIT ?`,
    )
      .all(owner ?? null, limit)
      .map(toRequest);
  }

  /** Batches whose runs have all ended and whose contact sheet nobody has settled, oldest first. */
  withoutSheet(limit: number): RunRequest[] {
    return this.#prepare<[number], RequestRow>(
      `${SELECT} AND varied IS NOT NULL AND sheet_settled_at IS NULL
       AND EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id)
       AND NOT EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id AND state IN ('queued', 'active'))
       ORDER BY requests.created_at LIMIT ?`,
    )
      .all(limit)
      .map(toRequest);
  }

  /** Its contact sheet is there, or there will be none. */
  settleSheet(id: RequestId, at: UtcMs): void {
    this.#prepare<[number, string]>('UPDATE requests SET sheet_settled_at = ? WHERE id = ?').run(at, id);
  }

  /** All batches, or those of one person. */
  count(owner?: PrincipalId): number {
    const row = this.#prepare<[string | null], { count: number }>(
      `SELECT count(*) AS count FROM requests
       WHERE proposal IS NULL AND varied IS NOT NULL AND owner_id = coalesce(?, owner_id)`,
    ).get(owner ?? null);
    return row?.count ?? 0;
  }

  /** What waits for a confirmation under this id, and whose it is. */
  proposal<T>(id: RequestId): { readonly owner: PrincipalId; readonly content: T } | undefined {
    const row = this.#prepare<[string], { owner: PrincipalId; proposal: string }>(
      'SELECT owner_id AS owner, proposal FROM requests WHERE id = ? AND proposal IS NOT NULL',
    ).get(id);
    return row && { owner: row.owner, content: fromJson<T>(row.proposal) };
  }

  /** Ids of somebody's batches, and of what waits for a confirmation, that begin with `text`, newest first. */
  idsMatching(owner: PrincipalId, text: string, limit: number): RequestId[] {
    return this.#prepare<(string | number)[], { id: RequestId }>(
      `SELECT id FROM requests
       WHERE owner_id = ? AND (proposal IS NOT NULL OR varied IS NOT NULL) AND id >= ? AND id < ?
       ORDER BY created_at DESC LIMIT ?`,
    )
      .all(owner, ...prefixRange(text), limit)
      .map(({ id }) => id);
  }

  /** The proposal becomes a request, made now. */
  confirm(id: RequestId, varied: readonly string[], at: UtcMs): void {
    this.#prepare<(string | number)[]>(
      'UPDATE requests SET proposal = NULL, varied = ?, created_at = ? WHERE id = ?',
    ).run(JSON.stringify(varied), at, id);
  }

  #prepare<Parameters extends unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    return this.#connection.prepare<Parameters, Row>(sql);
  }
}

function toRequest(row: RequestRow): RunRequest {
  return {
    id: row.id,
    owner: row.owner_id,
    ownerName: row.owner_name,
    isBatch: row.varied !== null,
    varied: fromJsonOrUndefined<string[]>(row.varied) ?? [],
    createdAt: row.created_at,
    ...(row.parent_id !== null && { parent: row.parent_id }),
  };
}
