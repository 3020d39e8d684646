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
  readonly #clock: Clock;
  readonly #get: Statement<[string], AssetRow>;
  readonly #insert: Statement<[string, number, string, string, number]>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
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
}
