import type { UtcMs } from '../ports/clock.ts';
import type { OfferedFile } from '../prompts/prompt.ts';
import type { Connection, Statement } from './database.ts';
import { FILE_COLUMNS, type FileRow, toFile } from './inputs.ts';
import { toJsonOrNull } from './json.ts';

/** Files that were sent for a prompt and that it does not use. */
export class OfferStore {
  readonly #list: Statement<[string], FileRow>;
  readonly #insert: Statement<[string, string, string, number, string | null]>;
  readonly #clear: Statement<[string]>;

  constructor(connection: Connection) {
    this.#list = connection.prepare(
      `SELECT ${FILE_COLUMNS} FROM prompt_offers JOIN assets ON assets.sha256 = prompt_offers.asset_sha256
       WHERE prompt_id = ? ORDER BY offered_at, original_name`,
    );
    this.#insert = connection.prepare(
      `INSERT INTO prompt_offers (prompt_id, asset_sha256, original_name, offered_at, changes) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET original_name = excluded.original_name, offered_at = excluded.offered_at,
         changes = excluded.changes`,
    );
    this.#clear = connection.prepare('DELETE FROM prompt_offers WHERE prompt_id = ?');
  }

  /** In the order in which they were sent. */
  of(id: string): OfferedFile[] {
    return this.#list.all(id).map(toFile);
  }

  add(id: string, offers: readonly OfferedFile[], at: UtcMs): void {
    for (const { asset, originalName, changes } of offers)
      this.#insert.run(id, asset.sha256, originalName, at, toJsonOrNull(changes));
  }

  replace(id: string, offers: readonly OfferedFile[], at: UtcMs): void {
    this.#clear.run(id);
    this.add(id, offers, at);
  }
}
