import type { Clock } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import { fromJson } from './json.ts';

/** Results of writes by the caller's key: the same call again answers the same and does nothing. */
export class IdempotencyStore {
  readonly #clock: Clock;
  readonly #get: Statement<[string], { result: string }>;
  readonly #set: Statement<[string, string, number]>;

  constructor(connection: Connection, clock: Clock) {
    this.#clock = clock;
    this.#get = connection.prepare('SELECT result FROM idempotency_keys WHERE key = ?');
    this.#set = connection.prepare('INSERT INTO idempotency_keys (key, result, created_at) VALUES (?, ?, ?)');
  }

  get<T>(key: string): T | undefined {
    const row = this.#get.get(key);
    return row && fromJson<T>(row.result);
  }

  /** To be called in the transaction of the effect. */
  set(key: string, result: unknown): void {
    this.#set.run(key, JSON.stringify(result), this.#clock.now());
  }
}
