import type { PromptId, RunId, ThreadId } from '../ids.ts';
import type { ChatReference, Platform } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import type { FreshIds } from './fresh-ids.ts';

/** A chat conversation in which prompts and runs are shown. */
export interface ThreadRecord {
  readonly id: ThreadId;
  readonly reference: ChatReference;
}

interface ThreadRow {
  id: ThreadId;
  platform: Platform;
  tenant: string;
  channel: string;
  thread: string;
}

const COLUMNS = 'threads.id, threads.platform, threads.tenant, threads.channel, threads.thread';

export class ThreadStore {
  readonly #connection: Connection;
  readonly #ids: FreshIds;
  readonly #clock: Clock;
  readonly #find: Statement<[string, string, string, string], ThreadRow>;
  readonly #get: Statement<[string], ThreadRow>;
  readonly #insert: Statement<[string, string, string, string, string, number]>;
  readonly #ofRun: Statement<[string], ThreadRow>;
  readonly #ofPrompt: Statement<[string], ThreadRow>;
  readonly #promptOf: Statement<[string], { id: PromptId }>;
  readonly #linkRun: Statement<[string, string]>;
  readonly #linkPrompt: Statement<[string, string]>;

  constructor(connection: Connection, ids: FreshIds, clock: Clock) {
    this.#connection = connection;
    this.#ids = ids;
    this.#clock = clock;
    this.#find = connection.prepare(
      `SELECT ${COLUMNS} FROM threads WHERE platform = ? AND tenant = ? AND channel = ? AND thread = ?`,
    );
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM threads WHERE id = ?`);
    this.#insert = connection.prepare(
      'INSERT INTO threads (id, platform, tenant, channel, thread, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#ofRun = connection.prepare(
      `SELECT ${COLUMNS} FROM run_threads JOIN threads ON threads.id = run_threads.thread_id WHERE run_id = ?`,
    );
    this.#ofPrompt = connection.prepare(
      `SELECT ${COLUMNS} FROM prompt_threads JOIN threads ON threads.id = prompt_threads.thread_id
       JOIN prompts ON prompts.id = ? AND prompt_threads.prompt_id IN (prompts.id, prompts.parent_id)
       GROUP BY threads.id ORDER BY threads.created_at`,
    );
    this.#promptOf = connection.prepare(
      `SELECT prompts.id FROM prompt_threads JOIN prompts ON prompts.id = prompt_threads.prompt_id
       WHERE thread_id = ? ORDER BY prompts.created_at DESC LIMIT 1`,
    );
    this.#linkRun = connection.prepare(
      'INSERT INTO run_threads (run_id, thread_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#linkPrompt = connection.prepare(
      'INSERT INTO prompt_threads (prompt_id, thread_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
  }

  ensure({ platform, tenant, channel, thread = '' }: ChatReference): ThreadRecord {
    return this.#connection.write(() => {
      const known = this.#find.get(platform, tenant, channel, thread);
      if (known !== undefined) return toThread(known);
      const id = this.#ids.make('th');
      this.#insert.run(id, platform, tenant, channel, thread, this.#clock.now());
      return toThread({ id, platform, tenant, channel, thread });
    });
  }

  /** Where anything was ever shown there. */
  find({ platform, tenant, channel, thread = '' }: ChatReference): ThreadRecord | undefined {
    const known = this.#find.get(platform, tenant, channel, thread);
    return known && toThread(known);
  }

  get(id: ThreadId): ThreadRecord | undefined {
    const row = this.#get.get(id);
    return row && toThread(row);
  }

  linkRun(run: RunId, thread: ThreadId): void {
    this.#linkRun.run(run, thread);
  }

  linkPrompt(prompt: PromptId, thread: ThreadId): void {
    this.#linkPrompt.run(prompt, thread);
  }

  ofRun(run: RunId): ThreadRecord[] {
    return this.#ofRun.all(run).map(toThread);
  }

  /** Its own, and that of the prompt whose better text it has. */
  ofPrompt(prompt: PromptId): ThreadRecord[] {
    return this.#ofPrompt.all(prompt).map(toThread);
  }

  /** The newest prompt of a thread. */
  promptOf(thread: ThreadId): PromptId | undefined {
    return this.#promptOf.get(thread)?.id;
  }
}

function toThread({ id, thread, ...reference }: ThreadRow): ThreadRecord {
  return { id, reference: thread === '' ? reference : { ...reference, thread } };
}
