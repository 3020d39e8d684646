import type { Card } from '../ports/chat.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson } from './json.ts';

/** One message of the terminal chat. */
export interface TranscriptMessage {
  readonly id: number;
  readonly key: string;
  readonly tenant: string;
  readonly channel: string;
  readonly thread?: string;
  readonly author: string;
  readonly card: Card;
  /** Hash of the card. */
  readonly hash: string;
  /** Path of the attached file. */
  readonly file?: string;
  /** Counts the edits. */
  readonly revision: number;
  readonly postedAt: UtcMs;
}

export type NewTranscriptMessage = Omit<TranscriptMessage, 'id' | 'revision' | 'postedAt'>;

interface TranscriptRow {
  id: number;
  key: string;
  tenant: string;
  channel: string;
  thread: string | null;
  author: string;
  card: string;
  hash: string;
  file: string | null;
  revision: number;
  posted_at: number;
}

const COLUMNS = 'id, key, tenant, channel, thread, author, card, hash, file, revision, posted_at';

/** The platform of the terminal chat: what a screen shows is a view of these rows. */
export class TranscriptStore {
  readonly #clock: Clock;
  readonly #insert: Statement<(string | number | null)[]>;
  readonly #get: Statement<[number], TranscriptRow>;
  readonly #find: Statement<[string], TranscriptRow>;
  readonly #list: Statement<[string, string], TranscriptRow>;
  readonly #edit: Statement<[string, string, number]>;
  readonly #delete: Statement<[number, number]>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#insert = connection.prepare(
      `INSERT INTO transcript (key, tenant, channel, thread, author, card, hash, file, posted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    );
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM transcript WHERE id = ? AND deleted_at IS NULL`);
    this.#find = connection.prepare(`SELECT ${COLUMNS} FROM transcript WHERE key = ? AND deleted_at IS NULL`);
    this.#list = connection.prepare(
      `SELECT ${COLUMNS} FROM transcript WHERE tenant = ? AND channel = ? AND deleted_at IS NULL ORDER BY id`,
    );
    this.#edit = connection.prepare(
      'UPDATE transcript SET card = ?, hash = ?, revision = revision + 1 WHERE id = ? AND deleted_at IS NULL',
    );
    this.#delete = connection.prepare('UPDATE transcript SET deleted_at = ? WHERE id = ?');
  }

  /** Adds a message; the same key again changes nothing. */
  post(message: NewTranscriptMessage): TranscriptMessage {
    this.#insert.run(
      message.key,
      message.tenant,
      message.channel,
      message.thread ?? null,
      message.author,
      JSON.stringify(message.card),
      message.hash,
      message.file ?? null,
      this.#clock.now(),
    );
    const posted = this.find(message.key);
    if (posted === undefined) throw new Error(`the transcript has no message ${message.key}`);
    return posted;
  }

  get(id: number): TranscriptMessage | undefined {
    const row = this.#get.get(id);
    return row && toMessage(row);
  }

  find(key: string): TranscriptMessage | undefined {
    const row = this.#find.get(key);
    return row && toMessage(row);
  }

  /** Oldest first. */
  list(tenant: string, channel: string): TranscriptMessage[] {
    return this.#list.all(tenant, channel).map(toMessage);
  }

  /** False where the message is gone. */
  edit(id: number, card: Card, hash: string): boolean {
    return this.#edit.run(JSON.stringify(card), hash, id).changes > 0;
  }

  delete(id: number): void {
    this.#delete.run(this.#clock.now(), id);
  }
}

function toMessage({ card, thread, file, posted_at, ...row }: TranscriptRow): TranscriptMessage {
  return {
    ...row,
    card: fromJson(card),
    postedAt: posted_at,
    ...(thread !== null && { thread }),
    ...(file !== null && { file }),
  };
}
