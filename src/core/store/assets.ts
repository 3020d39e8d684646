import type { Sha256 } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Asset } from '../prompts/prompt.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson } from './json.ts';

interface AssetRow {
  sha256: Sha256;
  bytes: number;
  extension: string;
  facts: string;
}

/** Known files by content; the files themselves are in the asset folder. */
export class AssetStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #get: Statement<[string], AssetRow>;
  readonly #insert: Statement<[string, number, string, string, number]>;
  readonly #prepared: Statement<[string, string], AssetRow>;
  readonly #addPrepared: Statement<[string, string, string]>;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#prepared = connection.prepare(
      `SELECT sha256, bytes, extension, facts FROM prepared_assets JOIN assets ON sha256 = asset_sha256
       WHERE source_sha256 = ? AND recipe = ?`,
    );
    this.#addPrepared = connection.prepare(
      `INSERT INTO prepared_assets (source_sha256, recipe, asset_sha256) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET asset_sha256 = excluded.asset_sha256`,
    );
    this.#get = connection.prepare('SELECT sha256, bytes, extension, facts FROM assets WHERE sha256 = ?');
    this.#insert = connection.prepare(
      `INSERT INTO assets (sha256, bytes, extension, facts, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (sha256) DO NOTHING`,
    );
  }

  get(sha256: Sha256): Asset | undefined {
    const row = this.#get.get(sha256);
    return row && { ...row, facts: fromJson(row.facts) };
  }

  /** Keeps the first extension that the content came with. */
  add(asset: Asset): void {
    this.#insert.run(
      asset.sha256,
      asset.bytes,
      asset.extension,
      JSON.stringify(asset.facts),
      this.#clock.now(),
    );
  }

  /** The smaller copy of an asset that was made by this recipe. */
  prepared(source: Sha256, recipe: string): Asset | undefined {
    const row = this.#prepared.get(source, recipe);
    return row && { ...row, facts: fromJson(row.facts) };
  }

  /** Whether an asset was made of another one. */
  isPreparedOf(asset: Sha256, source: Sha256): boolean {
    return (
      this.#connection
        .prepare<[string, string], { one: 1 }>(
          'SELECT 1 AS one FROM prepared_assets WHERE asset_sha256 = ? AND source_sha256 = ?',
        )
        .get(asset, source) !== undefined
    );
  }

  /** Keeps the asset too. */
  addPrepared(source: Sha256, recipe: string, asset: Asset): void {
    this.#connection.write(() => {
      this.add(asset);
      this.#addPrepared.run(source, recipe, asset.sha256);
    });
  }
}
