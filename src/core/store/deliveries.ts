import type { Problem } from '../errors.ts';
import type { DeliveryId, PromptId, RequestId, RunId, ThreadId } from '../ids.ts';
import type { Answered, Card, ChatReference } from '../ports/chat.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import type { FreshIds } from './fresh-ids.ts';
import { fromJson, fromJsonOrUndefined, toJsonOrNull } from './json.ts';

/**
 * What a thread has to show: the card of a prompt, the status or the result of a run, one of its further outputs by its
 * place among them, the table of a request with many runs and what is said at its end, or a fixed answer.
 */
export type DeliverySubject =
  | { readonly purpose: 'prompt'; readonly promptId: PromptId }
  | { readonly purpose: 'status' | 'result'; readonly runId: RunId }
  | { readonly purpose: 'request' | 'request_end'; readonly requestId: RequestId }
  | { readonly purpose: 'output'; readonly runId: RunId; readonly output: number }
  | { readonly purpose: 'answer'; readonly card: Card; readonly answered?: Answered };

/** `open` until the final content is proved to be shown; the other states end the duty. */
export type DeliveryState = 'open' | 'settled' | 'gone' | 'undeliverable';

/** One durable duty: this thread must show this. */
export interface Delivery {
  readonly id: DeliveryId;
  /** Stable key of the intent; the platform finds an earlier post of ours by it. */
  readonly key: string;
  readonly thread: ThreadId;
  readonly subject: DeliverySubject;
  /** The message that shows it, once posted. */
  readonly message?: ChatReference;
  /** When a post was first and last begun; without `message` its outcome is unknown. */
  readonly firstIntentAt?: UtcMs;
  readonly intentAt?: UtcMs;
  /** It was sent more than once: from then on a twin of the message is looked for and deleted. */
  readonly twinsAt?: UtcMs;
  /** Hash of the card that is shown; absent while the outcome of an edit is unknown. */
  readonly shownHash?: string;
  /** Counts what was seen to be shown. */
  readonly shownSequence: number;
  readonly shownAt?: UtcMs;
  readonly tries: number;
  readonly nextTryAt?: UtcMs;
}

interface DeliveryRow {
  id: DeliveryId;
  key: string;
  thread_id: ThreadId;
  purpose: DeliverySubject['purpose'];
  run_id: RunId | null;
  prompt_id: PromptId | null;
  request_id: RequestId | null;
  output: number | null;
  card: string | null;
  answered: string | null;
  message: string | null;
  first_intent_at: number | null;
  intent_at: number | null;
  twins_at: number | null;
  shown_hash: string | null;
  shown_sequence: number;
  shown_at: number | null;
  tries: number;
  next_try_at: number | null;
}

/** What tells whether an open delivery has to be looked at. */
export interface DeliveryHead extends Pick<Delivery, 'id' | 'thread'> {
  readonly purpose: DeliverySubject['purpose'];
  /** There is no message of it yet. */
  readonly isNew: boolean;
}

interface HeadRow extends Pick<DeliveryRow, 'id' | 'thread_id' | 'purpose'> {
  is_new: 0 | 1;
}

const COLUMNS = `id, key, thread_id, purpose, run_id, prompt_id, request_id, output, card, answered, message,
  first_intent_at, intent_at, twins_at, shown_hash, shown_sequence, shown_at, tries, next_try_at`;
const OLDEST_FIRST = 'ORDER BY created_at, rowid';

export class DeliveryStore {
  readonly #ids: FreshIds;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #open: Statement<[], DeliveryRow>;
  readonly #get: Statement<[string], DeliveryRow>;
  readonly #heads: Statement<[], HeadRow>;

  constructor(connection: Connection, ids: FreshIds, clock: Clock) {
    this.#connection = connection;
    this.#ids = ids;
    this.#clock = clock;
    this.#open = connection.prepare(`SELECT ${COLUMNS} FROM deliveries WHERE state = 'open' ${OLDEST_FIRST}`);
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM deliveries WHERE id = ?`);
    this.#heads = connection.prepare(
      `SELECT id, thread_id, purpose, message IS NULL AS is_new FROM deliveries WHERE state = 'open' ${OLDEST_FIRST}`,
    );
  }

  /** Adds the duty unless a delivery with that key exists. */
  ensure(key: string, thread: ThreadId, subject: DeliverySubject): void {
    this.#run(
      `INSERT INTO deliveries (id, key, thread_id, purpose, run_id, prompt_id, request_id, output, card, answered, state, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) ON CONFLICT (key) DO NOTHING`,
      this.#ids.make('dl'),
      key,
      thread,
      subject.purpose,
      'runId' in subject ? subject.runId : null,
      'promptId' in subject ? subject.promptId : null,
      'requestId' in subject ? subject.requestId : null,
      'output' in subject ? subject.output : null,
      toJsonOrNull('card' in subject ? subject.card : undefined),
      toJsonOrNull('answered' in subject ? subject.answered : undefined),
      this.#clock.now(),
    );
  }

  /** Oldest first. */
  open(): Delivery[] {
    return this.#open.all().map(toDelivery);
  }

  /** Whether a result of the request is still to be posted there. */
  isResultUnposted(request: RequestId, thread: ThreadId): boolean {
    const found = this.#connection
      .prepare<[string, string]>(
        `SELECT 1 FROM deliveries JOIN runs ON runs.id = deliveries.run_id
         WHERE runs.request_id = ? AND thread_id = ? AND purpose = 'result' AND deliveries.state = 'open'
           AND message IS NULL LIMIT 1`,
      )
      .get(request, thread);
    return found !== undefined;
  }

  /** The same without what is costly to read: whoever looks at all of them goes on with few. */
  heads(): DeliveryHead[] {
    return this.#heads.all().map((row) => ({
      id: row.id,
      thread: row.thread_id,
      purpose: row.purpose,
      isNew: row.is_new === 1,
    }));
  }

  get(id: DeliveryId): Delivery | undefined {
    const row = this.#get.get(id);
    return row && toDelivery(row);
  }

  /** What is shown may have changed after it was settled. */
  reopen(key: string): void {
    this.#run("UPDATE deliveries SET state = 'open' WHERE key = ? AND state = 'settled'", key);
  }

  /** Shows another card in the place of an answer. */
  replaceCard(key: string, card: Card): void {
    this.#run(
      "UPDATE deliveries SET card = ?, state = 'open' WHERE key = ? AND state IN ('open', 'settled')",
      JSON.stringify(card),
      key,
    );
  }

  /**
   * Written before a post, so that an unknown outcome is looked up after a crash. Where the post was sent before,
   * twins of it are looked for from `twinsAt` on.
   */
  recordIntent(id: DeliveryId, twinsAt?: UtcMs): void {
    const now = this.#clock.now();
    this.#run(
      `UPDATE deliveries SET first_intent_at = coalesce(first_intent_at, ?), intent_at = ?,
         twins_at = CASE WHEN intent_at IS NULL THEN NULL ELSE ? END WHERE id = ?`,
      now,
      now,
      twinsAt ?? null,
      id,
    );
  }

  /** Written before an edit: until its outcome is known, nobody knows what is shown. */
  recordEditing(id: DeliveryId): void {
    this.#run('UPDATE deliveries SET shown_hash = NULL WHERE id = ?', id);
  }

  /** No twin is left. */
  recordNoTwins(id: DeliveryId): void {
    this.#run('UPDATE deliveries SET twins_at = NULL, tries = 0, next_try_at = NULL WHERE id = ?', id);
  }

  recordShown(id: DeliveryId, message: ChatReference, hash: string): void {
    this.#run(
      `UPDATE deliveries SET message = ?, shown_hash = ?, shown_sequence = shown_sequence + 1, shown_at = ?,
         tries = 0, next_try_at = NULL, problem = NULL WHERE id = ?`,
      JSON.stringify(message),
      hash,
      this.#clock.now(),
      id,
    );
  }

  recordFailure(id: DeliveryId, problem: Problem, nextTryAt: UtcMs): void {
    this.#run(
      'UPDATE deliveries SET tries = tries + 1, next_try_at = ?, problem = ? WHERE id = ?',
      nextTryAt,
      JSON.stringify(problem),
      id,
    );
  }

  /** Nothing failed, but the next look is not before `nextTryAt`. */
  defer(id: DeliveryId, nextTryAt: UtcMs): void {
    this.#run('UPDATE deliveries SET next_try_at = ? WHERE id = ?', nextTryAt, id);
  }

  close(id: DeliveryId, state: Exclude<DeliveryState, 'open'>, problem?: Problem): void {
    this.#run('UPDATE deliveries SET state = ?, problem = ? WHERE id = ?', state, toJsonOrNull(problem), id);
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#connection.prepare<(string | number | null)[]>(sql).run(...values);
  }
}

function toDelivery(row: DeliveryRow): Delivery {
  const message = fromJsonOrUndefined<ChatReference>(row.message);
  return {
    id: row.id,
    key: row.key,
    thread: row.thread_id,
    subject: toSubject(row),
    tries: row.tries,
    shownSequence: row.shown_sequence,
    ...(message !== undefined && { message }),
    ...(row.first_intent_at !== null && { firstIntentAt: row.first_intent_at }),
    ...(row.intent_at !== null && { intentAt: row.intent_at }),
    ...(row.twins_at !== null && { twinsAt: row.twins_at }),
    ...(row.shown_hash !== null && { shownHash: row.shown_hash }),
    ...(row.shown_at !== null && { shownAt: row.shown_at }),
    ...(row.next_try_at !== null && { nextTryAt: row.next_try_at }),
  };
}

function toSubject(row: DeliveryRow): DeliverySubject {
  if (row.purpose === 'prompt' && row.prompt_id !== null)
    return { purpose: 'prompt', promptId: row.prompt_id };
  if ((row.purpose === 'status' || row.purpose === 'result') && row.run_id !== null) {
    return { purpose: row.purpose, runId: row.run_id };
  }
  if ((row.purpose === 'request' || row.purpose === 'request_end') && row.request_id !== null) {
    return { purpose: row.purpose, requestId: row.request_id };
  }
  if (row.purpose === 'output' && row.run_id !== null && row.output !== null) {
    return { purpose: 'output', runId: row.run_id, output: row.output };
  }
  const answered = fromJsonOrUndefined<Answered>(row.answered);
  return { purpose: 'answer', card: fromJson(row.card ?? 'null'), ...(answered && { answered }) };
}
