import type { PrincipalId, PromptId, RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Prompt, PromptInput } from '../prompts/prompt.ts';
import type { Connection, Statement } from './database.ts';
import { InputStore } from './inputs.ts';
import { fromJsonOrUndefined, toJsonOrNull } from './json.ts';
import { OfferStore } from './offers.ts';
import { likePattern, prefixRange } from './patterns.ts';

interface PromptRow {
  id: PromptId;
  name: string;
  owner_id: PrincipalId;
  text: string;
  negative_text: string;
  left_out: string | null;
  created_at: number;
  parent_id: PromptId | null;
  parent_run_id: RunId | null;
}

const COLUMNS = 'id, name, owner_id, text, negative_text, left_out, created_at, parent_id, parent_run_id';

/** Shorter beginnings of a name, such as a number that lost its parameter, mean the whole name or nothing. */
const SHORTEST_BEGINNING = 3;

/** Its parameters are a range of ids and one of names. */
const NAMED = '(id >= ? AND id < ? OR name >= ? AND name < ?)';

/** Its two parameters are the same pattern. */
const SEARCHED = `deleted_at IS NULL AND (text LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')`;

export class PromptStore {
  readonly offers: OfferStore;
  readonly #connection: Connection;
  readonly #inputs: InputStore;
  readonly #insert: Statement<
    [string, string, string, string, string, string | null, number, string | null, string | null]
  >;
  readonly #get: Statement<[string], PromptRow>;
  readonly #taken: Statement<[string], { one: 1 }>;
  readonly #byPrefix: Statement<[string, string, string, string, string, number], PromptRow>;
  readonly #newest: Statement<[string | null, number], PromptRow>;
  readonly #search: Statement<[string, string, number], PromptRow>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#inputs = new InputStore(connection, 'prompt');
    this.offers = new OfferStore(connection);
    this.#insert = connection.prepare(`INSERT INTO prompts (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM prompts WHERE id = ? AND deleted_at IS NULL`);
    this.#taken = connection.prepare('SELECT 1 AS one FROM prompts WHERE name = ?');
    this.#byPrefix = connection.prepare(
      `SELECT ${COLUMNS} FROM prompts WHERE ${NAMED} AND deleted_at IS NULL
       ORDER BY name = ? DESC, created_at DESC LIMIT ?`,
    );
    this.#newest = connection.prepare(
      `SELECT ${COLUMNS} FROM prompts WHERE deleted_at IS NULL AND owner_id = coalesce(?, owner_id)
       ORDER BY created_at DESC, id LIMIT ?`,
    );
    this.#search = connection.prepare(
      `SELECT ${COLUMNS} FROM prompts WHERE ${SEARCHED} ORDER BY created_at DESC, id LIMIT ?`,
    );
  }

  insert(prompt: Prompt): void {
    this.#connection.write(() => {
      const { id, name, owner, text, negativeText, leftOut, createdAt, parent } = prompt;
      const lineage = [parent?.prompt ?? null, parent?.run ?? null] as const;
      const left = toJsonOrNull(leftOut);
      this.#insert.run(id, name, owner, text, negativeText, left, createdAt, ...lineage);
      this.#inputs.replace(id, prompt.inputs);
    });
  }

  replaceInputs(id: PromptId, inputs: readonly PromptInput[]): void {
    this.#connection.write(() => this.#inputs.replace(id, inputs));
  }

  get(id: PromptId): Prompt | undefined {
    const row = this.#get.get(id);
    return row && this.#toPrompt(row);
  }

  /** What an enhancement has found, discarded or not. */
  ofEnhancement(run: RunId): { readonly prompt: Prompt; readonly isDiscarded: boolean } | undefined {
    const row = this.#connection
      .prepare<[string], PromptRow & { deleted_at: number | null }>(
        `SELECT ${COLUMNS}, deleted_at FROM prompts WHERE parent_run_id = ?`,
      )
      .get(run);
    return row && { prompt: this.#toPrompt(row), isDiscarded: row.deleted_at !== null };
  }

  /** A prompt that was taken out of all listings, where it is one. */
  getDiscarded(id: PromptId): Prompt | undefined {
    const row = this.#connection
      .prepare<[string], PromptRow>(`SELECT ${COLUMNS} FROM prompts WHERE id = ? AND deleted_at IS NOT NULL`)
      .get(id);
    return row && this.#toPrompt(row);
  }

  /** As `matching`, of those that were discarded. */
  matchingDiscarded(text: string, limit: number): Prompt[] {
    return this.#connection
      .prepare<[string, string, string, string, string, number], PromptRow>(
        `SELECT ${COLUMNS} FROM prompts WHERE ${NAMED} AND deleted_at IS NOT NULL
         ORDER BY name = ? DESC, deleted_at DESC LIMIT ?`,
      )
      .all(...prefixRange(text), ...nameRange(text), text, limit)
      .map((row) => this.#toPrompt(row));
  }

  /** Takes a prompt out of all listings, or brings it back. False where it was so already. */
  setDiscarded(id: PromptId, at: UtcMs | undefined): boolean {
    return (
      this.#connection
        .prepare<[number | null, string, number]>(
          'UPDATE prompts SET deleted_at = ? WHERE id = ? AND (deleted_at IS NULL) = ?',
        )
        .run(at ?? null, id, at === undefined ? 0 : 1).changes > 0
    );
  }

  isNameTaken(name: string): boolean {
    return this.#taken.get(name) !== undefined;
  }

  /** The prompt whose name is `text`, then those whose id, or name from three characters on, begins with it, newest first. */
  matching(text: string, limit: number): Prompt[] {
    return this.#byPrefix
      .all(...prefixRange(text), ...nameRange(text), text, limit)
      .map((row) => this.#toPrompt(row));
  }

  newest(limit: number, owner?: PrincipalId): Prompt[] {
    return this.#newest.all(owner ?? null, limit).map((row) => this.#toPrompt(row));
  }

  count(owner?: PrincipalId): number {
    const counted = this.#connection.prepare<[string | null], { count: number }>(
      'SELECT count(*) AS count FROM prompts WHERE deleted_at IS NULL AND owner_id = coalesce(?, owner_id)',
    );
    return counted.get(owner ?? null)?.count ?? 0;
  }

  /** Case-insensitive part of the text or name; newest first. */
  search(text: string, limit: number): Prompt[] {
    const pattern = likePattern(text);
    return this.#search.all(pattern, pattern, limit).map((row) => this.#toPrompt(row));
  }

  /** How many `search` would find without a limit. */
  countSearched(text: string): number {
    const pattern = likePattern(text);
    const counted = this.#connection.prepare<[string, string], { count: number }>(
      `SELECT count(*) AS count FROM prompts WHERE ${SEARCHED}`,
    );
    return counted.get(pattern, pattern)?.count ?? 0;
  }

  #toPrompt(row: PromptRow): Prompt {
    const leftOut = fromJsonOrUndefined<readonly string[]>(row.left_out);
    return {
      id: row.id,
      name: row.name,
      owner: row.owner_id,
      text: row.text,
      negativeText: row.negative_text,
      inputs: this.#inputs.of(row.id),
      ...(leftOut !== undefined && { leftOut }),
      createdAt: row.created_at,
      ...(row.parent_id !== null &&
        row.parent_run_id !== null && { parent: { prompt: row.parent_id, run: row.parent_run_id } }),
    };
  }
}

function nameRange(text: string): [from: string, below: string] {
  return text.length < SHORTEST_BEGINNING ? [text, `${text}\u0001`] : prefixRange(text);
}
