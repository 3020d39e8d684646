import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { ensureDirectory } from '../ensure-directory.ts';
import { mapStoreErrors } from './database.ts';

/**
 * A right that one process holds at a time: an open exclusive transaction on a small database of its own.
 * The kernel takes it back when the holder dies, a stopped holder keeps it, and children do not inherit it.
 */
export class ExclusiveLock implements Disposable {
  readonly #connection: SqliteDatabase.Database;

  private constructor(connection: SqliteDatabase.Database) {
    this.#connection = connection;
  }

  /** The lock, or undefined while another process holds it. Never waits. */
  static tryAcquire(path: string): ExclusiveLock | undefined {
    return mapStoreErrors(() => {
      ensureDirectory(dirname(path));
      const connection = new SqliteDatabase(path, { timeout: 0 });
      try {
        connection.exec('BEGIN EXCLUSIVE');
        return new ExclusiveLock(connection);
      } catch (error) {
        connection.close();
        if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY'))
          return undefined;
        throw error;
      }
    });
  }

  /** Whether somebody holds it now. */
  static isHeld(path: string): boolean {
    using lock = ExclusiveLock.tryAcquire(path);
    return lock === undefined;
  }

  release(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
