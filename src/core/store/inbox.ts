import type { Inbound, Platform } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson } from './json.ts';

/** What came in from chats and is not answered yet; `InboxReceiver` puts it in. */
export class InboxStore {
  readonly #clock: Clock;
  readonly #open: Statement<[string], { payload: string }>;
  readonly #done: Statement<[number, string]>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#open = connection.prepare(
      'SELECT payload FROM inbox WHERE done_at IS NULL AND platform = ? ORDER BY received_at, rowid',
    );
    this.#done = connection.prepare('UPDATE inbox SET done_at = ? WHERE dedupe_key = ?');
  }

  /** Not answered yet, oldest first. */
  open(platform: Platform): Inbound[] {
    return this.#open.all(platform).map((row) => fromJson(row.payload));
  }

  complete(dedupeKey: string): void {
    this.#done.run(this.#clock.now(), dedupeKey);
  }
}
