import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import { mapStoreErrors, openDatabase } from '../../../src/core/store/database.ts';
import { MIGRATIONS } from '../../../src/core/store/migrations/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openStore } from './open-store.ts';

function versionOf(path: string): unknown {
  const database = new SqliteDatabase(path, { readonly: true });
  const version = database.pragma('user_version', { simple: true });
  database.close();
  return version;
}

function schemaOf(path: string): unknown {
  const database = new SqliteDatabase(path, { readonly: true });
  const schema = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
  database.close();
  return schema;
}

function withCode(code: string): unknown {
  return expect.objectContaining({ name: 'CosmosError', code });
}

describe('opening a database', () => {
  it('makes it with its folders, brings it to the newest version, and changes nothing the second time', async () => {
    const path = join(await temporaryDirectory(), 'new', 'folder', 'cosmos.db');
    openDatabase(path).close();
    expect(versionOf(path)).toBe(MIGRATIONS.length);
    const before = schemaOf(path);
    openDatabase(path).close();
    expect(schemaOf(path)).toEqual(before);
  });

  it('makes durable, strict databases with foreign keys', async () => {
    const path = join(await temporaryDirectory(), 'cosmos.db');
    using connection = openDatabase(path);
    const pragma = (name: string) => connection.prepare<[], object>(`PRAGMA ${name}`).get();
    expect(pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(pragma('synchronous')).toEqual({ synchronous: 2 });
    expect(pragma('foreign_keys')).toEqual({ foreign_keys: 1 });
    const tables = connection
      .prepare<[], { name: string; strict: number }>(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([]);
  });

  it('refuses one from the future and leaves it as it was', async () => {
    const path = join(await temporaryDirectory(), 'cosmos.db');
    const database = new SqliteDatabase(path);
    database.pragma('user_version = 9999');
    database.close();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'store.newer_database',
        parameters: { found: 9999, supported: MIGRATIONS.length },
      }),
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('refuses a file that is no database, and a folder', async () => {
    const directory = await temporaryDirectory();
    const text = join(directory, 'notes.txt');
    writeFileSync(text, 'This is a shopping list.\n'.repeat(100));
    expect(() => openDatabase(text)).toThrow(withCode('store.not_a_database'));
    expect(readFileSync(text, 'utf8')).toContain('shopping');
    mkdirSync(join(directory, 'folder'));
    expect(() => openDatabase(join(directory, 'folder'))).toThrow(withCode('store.read_only'));
  });

  it('says that it is busy when another one writes for too long', async () => {
    const path = join(await temporaryDirectory(), 'cosmos.db');
    openDatabase(path).close();
    const writer = new SqliteDatabase(path);
    writer.exec('BEGIN IMMEDIATE');
    using connection = openDatabase(path, 10);
    const busy = withCode('store.busy');
    expect(() => connection.write(() => undefined)).toThrow(busy);
    expect(() => connection.prepare('DELETE FROM settings').run()).toThrow(busy);
    writer.exec('ROLLBACK');
    writer.close();
    expect(connection.write(() => 'passed')).toBe('passed');
  });
});

describe('a transaction', () => {
  it('takes everything back when any part of it fails, nested ones included', async () => {
    const { store } = await openStore();
    const fail = () =>
      store.write(() => {
        store.settings.set('queue.paused', '{}');
        store.write(() => store.lanes.ensure('here/cpu' as never));
        throw new CosmosError('store.failed', {});
      });
    expect(fail).toThrow(withCode('store.failed'));
    expect(store.settings.get('queue.paused')).toBeUndefined();
    store.lanes.setBlocked('here/cpu' as never, { code: 'engine.not_stopped', parameters: {} });
    expect(store.lanes.get('here/cpu' as never)).toEqual({});
  });

  it('of another process is noticed by the version', async () => {
    const { store, again } = await openStore();
    const other = again();
    const before = store.version();
    store.settings.set('queue.paused', '{}');
    expect(store.version()).toBe(before);
    other.settings.remove('queue.paused');
    expect(store.version()).not.toBe(before);
  });
});

describe('errors of the file system and of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'store.disk_full'],
    ['SQLITE_READONLY_DIRECTORY', 'store.read_only'],
    ['SQLITE_BUSY_SNAPSHOT', 'store.busy'],
    ['SQLITE_IOERR_READ', 'store.failed'],
    ['ENOSPC', 'store.disk_full'],
    ['EACCES', 'store.read_only'],
  ])('%s is %s', (code, expected) => {
    const fail = () =>
      mapStoreErrors(() => {
        throw Object.assign(new Error('refused'), { code });
      });
    expect(fail).toThrow(withCode(expected));
  });

  it('that are not known stay what they are', () => {
    const unknown = Object.assign(new Error('refused'), { code: 'EMFILE' });
    expect(() =>
      mapStoreErrors(() => {
        throw unknown;
      }),
    ).toThrow(unknown);
    expect(() =>
      mapStoreErrors(() => {
        throw new TypeError('a mistake');
      }),
    ).toThrow(TypeError);
  });
});
