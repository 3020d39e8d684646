import type { ChatConnection } from '../ports/chat.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';

/** How a chat on a server stands, and since when it stands in this way. */
export interface ChatConnectionRecord extends ChatConnection {
  readonly since: UtcMs;
}

interface ConnectionRow {
  state: ChatConnection['state'];
  since: number;
  detail: string | null;
}

/** The connection of each chat, by the name of its section: the process that serves it writes, every one may look. */
export class ChatConnectionStore {
  readonly #get: Statement<[string], ConnectionRow>;
  readonly #set: Statement<[string, string, number, string | null]>;

  constructor(connection: Connection) {
    this.#get = connection.prepare('SELECT state, since, detail FROM chat_connections WHERE chat = ?');
    this.#set = connection.prepare(
      `INSERT INTO chat_connections (chat, state, since, detail) VALUES (?, ?, ?, ?)
       ON CONFLICT (chat) DO UPDATE SET state = excluded.state, detail = excluded.detail,
         since = iif(state = excluded.state, since, excluded.since)`,
    );
  }

  get(chat: string): ChatConnectionRecord | undefined {
    const row = this.#get.get(chat);
    if (row === undefined) return undefined;
    const { state, since, detail } = row;
    return { state, since, ...(detail !== null && { detail }) };
  }

  set(chat: string, { state, detail }: ChatConnection, at: UtcMs): void {
    this.#set.run(chat, state, at, detail ?? null);
  }
}
