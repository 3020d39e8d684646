import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { ensureDirectory } from '../ensure-directory.ts';
import { CosmosError, type ErrorCode } from '../errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** How long a write waits for another process, ms (measured: a losing writer waits up to 1.2 s under load). */
const BUSY_TIMEOUT_MS = 5_000;

const CODES: Readonly<Record<string, ErrorCode>> = {
  SQLITE_FULL: 'store.disk_full',
  SQLITE_READONLY: 'store.read_only',
  SQLITE_CANTOPEN: 'store.read_only',
  SQLITE_PERM: 'store.read_only',
  SQLITE_BUSY: 'store.busy',
  SQLITE_NOTADB: 'store.not_a_database',
  EACCES: 'store.read_only',
  EROFS: 'store.read_only',
  EPERM: 'store.read_only',
  ENOENT: 'store.read_only',
  ENOTDIR: 'store.read_only',
  ENAMETOOLONG: 'store.read_only',
  ELOOP: 'store.read_only',
  ENOSPC: 'store.disk_full',
  EDQUOT: 'store.disk_full',
};

/** A prepared statement; each call throws `store.*`. */
export interface Statement<Parameters extends unknown[], Row = unknown> {
  run(...parameters: Parameters): { readonly changes: number };
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
}

/** The only door to SQLite: what the files of this folder prepare their statements on. */
export class Connection implements Disposable {
  readonly #database: SqliteDatabase.Database;
  readonly #prepared = new Map<string, Statement<unknown[], unknown>>();

  constructor(database: SqliteDatabase.Database) {
    this.#database = database;
  }

  /** The statement of that text; prepared once. */
  prepare<Parameters extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Parameters, Row> {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = coded(mapStoreErrors(() => this.#database.prepare<unknown[], unknown>(sql)));
      this.#prepared.set(sql, statement);
    }
    return statement as Statement<Parameters, Row>;
  }

  /** Runs `work` in one write transaction (`BEGIN IMMEDIATE`): all of it happens, or nothing. Nesting joins the outer one. */
  write<T>(work: () => T): T {
    if (this.#database.inTransaction) return work();
    return mapStoreErrors(() => this.#database.transaction(work).immediate());
  }

  pragma(source: string): void {
    mapStoreErrors(() => this.#database.pragma(source));
  }

  /** Changes whenever another process has committed. */
  version(): number {
    return mapStoreErrors(() => Number(this.#database.pragma('data_version', { simple: true })));
  }

  /** Another text once anything was changed, by this process or by another; undefined within a transaction. */
  changes(): string | undefined {
    if (this.#database.inTransaction) return undefined;
    const own = this.prepare<[], { count: number }>('SELECT total_changes() AS count').get();
    return `${this.version()} ${own?.count}`;
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens the database (WAL, every commit on disk, foreign keys) and brings it to the newest version.
 * Throws `store.newer_database`, `store.not_a_database`, `store.read_only`, `store.disk_full`, `store.busy`.
 */
export function openDatabase(path: string, busyTimeoutMs: number = BUSY_TIMEOUT_MS): Connection {
  return mapStoreErrors(() => {
    ensureDirectory(dirname(path));
    const database = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    try {
      refuseNewer(database);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      migrate(database);
      return new Connection(database);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Turns what SQLite and the file system throw into `store.*` errors. */
export function mapStoreErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CosmosError || !hasCode(error)) throw error;
    const primary = error.code.startsWith('SQLITE_')
      ? error.code.split('_').slice(0, 2).join('_')
      : error.code;
    const code = CODES[primary];
    if (code === undefined && !error.code.startsWith('SQLITE_')) throw error;
    throw new CosmosError(code ?? 'store.failed', { detail: error.code }, { cause: error });
  }
}

function coded(statement: SqliteDatabase.Statement<unknown[], unknown>): Statement<unknown[], unknown> {
  return {
    run: (...parameters) => mapStoreErrors(() => statement.run(...parameters)),
    get: (...parameters) => mapStoreErrors(() => statement.get(...parameters)),
    all: (...parameters) => mapStoreErrors(() => statement.all(...parameters)),
  };
}

function migrate(database: SqliteDatabase.Database): void {
  if (versionOf(database) === MIGRATIONS.length) return;
  const bringUp = database.transaction(() => {
    // Another process may have come first, with this version of the program or with a newer one.
    const present = refuseNewer(database);
    for (const sql of MIGRATIONS.slice(present)) database.exec(sql);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  bringUp.immediate();
}

/** The present version; a database from the future is left untouched. */
function refuseNewer(database: SqliteDatabase.Database): number {
  const found = versionOf(database);
  if (found <= MIGRATIONS.length) return found;
  throw new CosmosError('store.newer_database', { found, supported: MIGRATIONS.length });
}

function versionOf(database: SqliteDatabase.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
