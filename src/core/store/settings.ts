import type { Connection, Statement } from './database.ts';

/**
 * Keys of the settings table. `commands.<application>`: what a chat platform was told of the commands; `heard.<where>`: up
 * to what a chat has heard everything; `direct.<where>`: the conversations of a chat that it cannot list.
 */
type SettingKey = 'instance' | 'queue.paused' | `commands.${string}` | `heard.${string}` | `direct.${string}`;

/** Small durable facts of one bot installation. */
export class SettingStore {
  readonly #get: Statement<[string], { value: string }>;
  readonly #set: Statement<[string, string]>;
  readonly #remove: Statement<[string]>;

  constructor(connection: Connection) {
    this.#get = connection.prepare('SELECT value FROM settings WHERE key = ?');
    this.#set = connection.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#remove = connection.prepare('DELETE FROM settings WHERE key = ?');
  }

  get(key: SettingKey): string | undefined {
    return this.#get.get(key)?.value;
  }

  set(key: SettingKey, value: string): void {
    this.#set.run(key, value);
  }

  remove(key: SettingKey): void {
    this.#remove.run(key);
  }
}
