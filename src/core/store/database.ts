import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { CosmosError, type ErrorCode } from '../errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** The only door to SQLite; `Connection` is what the files of this folder prepare their statements on. */
export type Connection = SqliteDatabase.Database;
export type Statement<Parameters extends unknown[], Row = unknown> = SqliteDatabase.Statement<
  Parameters,
  Row
>;

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
  ENOSPC: 'store.disk_full',
};

/**
 * Opens the database (WAL, every commit on disk, foreign keys) and brings it to the newest version.
 * Throws `store.newer_database`, `store.not_a_database`, `store.read_only`, `store.disk_full`, `store.busy`.
 */
export function openDatabase(path: string, busyTimeoutMs: number = BUSY_TIMEOUT_MS): Connection {
  return mapStoreErrors(() => {
    mkdirSync(dirname(path), { recursive: true });
    const connection = new SqliteDatabase(path, { timeout: busyTimeoutMs });
    try {
      connection.pragma('journal_mode = WAL');
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
      migrate(connection);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

/** Runs `work` in one write transaction (`BEGIN IMMEDIATE`): all of it happens, or nothing. Nesting joins the outer one. */
export function write<T>(connection: Connection, work: () => T): T {
  if (connection.inTransaction) return work();
  return mapStoreErrors(() => connection.transaction(work).immediate());
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

function migrate(connection: Connection): void {
  const version = (): number => Number(connection.pragma('user_version', { simple: true }));
  if (version() === MIGRATIONS.length) return;
  write(connection, () => {
    const present = version();
    if (present > MIGRATIONS.length) {
      throw new CosmosError('store.newer_database', { found: present, supported: MIGRATIONS.length });
    }
    for (const sql of MIGRATIONS.slice(present)) connection.exec(sql);
    connection.pragma(`user_version = ${MIGRATIONS.length}`);
  });
}

function hasCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
