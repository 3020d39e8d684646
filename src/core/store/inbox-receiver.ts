import type { Inbound } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import { type Connection, mapStoreErrors, openDatabase, type Statement } from './database.ts';

/** A platform wants its answer within 3 s, and the insert stops this process while it waits for another writer. */
const BUSY_TIMEOUT_MS = 100;

/**
 * Makes inbound events durable, on a connection of its own: what the others wait for patiently is refused here, so that
 * the platform gets its acknowledgement in time.
 */
export class InboxReceiver implements Disposable {
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #insert: Statement<[string, string, string, number]>;

  /** Throws as `openDatabase` does. */
  constructor(path: string, clock: Clock) {
    this.#clock = clock;
    this.#connection = openDatabase(path);
    this.#connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.#insert = this.#connection.prepare(
      'INSERT INTO inbox (dedupe_key, platform, payload, received_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
  }

  /** False where the same event is there already: duplicates are normal. Throws `store.busy` after 100 ms, or `store.*`. */
  add(event: Inbound): boolean {
    const { dedupeKey, where } = event;
    return mapStoreErrors(
      () => this.#insert.run(dedupeKey, where.platform, JSON.stringify(event), this.#clock.now()).changes > 0,
    );
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
