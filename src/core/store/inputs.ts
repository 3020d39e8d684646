import type { Sha256 } from '../ids.ts';
import type { OfferedFile, PromptInput, Role } from '../prompts/prompt.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson, fromJsonOrUndefined, toJsonOrNull } from './json.ts';

/** A file with what is known of its content. */
export interface FileRow {
  original_name: string;
  sha256: Sha256;
  bytes: number;
  extension: string;
  facts: string;
  changes: string | null;
}

/** The columns of `FileRow` where a table is joined with `assets`. */
export const FILE_COLUMNS = 'original_name, sha256, bytes, extension, facts, changes';

interface InputRow extends FileRow {
  role: Role;
}

/** The input files of prompts, or of runs: the same columns in two tables. */
export class InputStore {
  readonly #list: Statement<[string], InputRow>;
  readonly #insert: Statement<[string, string, string, string, string | null]>;
  readonly #clear: Statement<[string]>;

  constructor(connection: Connection, owner: 'prompt' | 'run') {
    const table = `${owner}_inputs`;
    const column = `${owner}_id`;
    this.#list = connection.prepare(
      `SELECT role, ${FILE_COLUMNS}
       FROM ${table} JOIN assets ON assets.sha256 = ${table}.asset_sha256
       WHERE ${column} = ? ORDER BY role = 'color' DESC, role`,
    );
    this.#insert = connection.prepare(
      `INSERT INTO ${table} (${column}, role, asset_sha256, original_name, changes) VALUES (?, ?, ?, ?, ?)`,
    );
    this.#clear = connection.prepare(`DELETE FROM ${table} WHERE ${column} = ?`);
  }

  /** `color` first, the others by role. */
  of(id: string): PromptInput[] {
    return this.#list.all(id).map(({ role, ...row }) => ({ role, ...toFile(row) }));
  }

  replace(id: string, inputs: readonly PromptInput[]): void {
    this.#clear.run(id);
    for (const { role, asset, originalName, changes } of inputs)
      this.#insert.run(id, role, asset.sha256, originalName, toJsonOrNull(changes));
  }
}

export function toFile({ original_name: originalName, facts, changes, ...asset }: FileRow): OfferedFile {
  const known = fromJsonOrUndefined<OfferedFile['changes']>(changes);
  return { originalName, asset: { ...asset, facts: fromJson(facts) }, ...(known && { changes: known }) };
}
