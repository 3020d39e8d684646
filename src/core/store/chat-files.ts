import type { Clock } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';

/** Nobody asks for a file that was sent so long ago, ms. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Which id a chat platform gave to which file of ours; kept for 30 days. */
export class ChatFileStore {
  readonly #clock: Clock;
  readonly #get: Statement<[string], { file_id: string }>;
  readonly #set: Statement<[string, string, number]>;
  readonly #remove: Statement<[string]>;
  readonly #removeOld: Statement<[number]>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#get = connection.prepare('SELECT file_id FROM chat_files WHERE key = ?');
    this.#set = connection.prepare(
      `INSERT INTO chat_files (key, file_id, sent_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET file_id = excluded.file_id, sent_at = excluded.sent_at`,
    );
    this.#remove = connection.prepare('DELETE FROM chat_files WHERE key = ?');
    this.#removeOld = connection.prepare('DELETE FROM chat_files WHERE sent_at < ?');
  }

  get(key: string): string | undefined {
    return this.#get.get(key)?.file_id;
  }

  /** The newest file with that key replaces the one before. */
  set(key: string, fileId: string): void {
    const now = this.#clock.now();
    this.#removeOld.run(now - KEPT_MS);
    this.#set.run(key, fileId, now);
  }

  remove(key: string): void {
    this.#remove.run(key);
  }
}
