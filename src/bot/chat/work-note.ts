import type { ThreadId } from '../../core/ids.ts';
import type { Clock, UtcMs } from '../../core/ports/clock.ts';
import type { WorkProgress } from '../../core/sequences/sequence-maker.ts';
import type { Store } from '../../core/store/store.ts';
import type { Wakeup } from '../../core/wakeup.ts';
import { answerCard } from '../thread-view/answer-card.ts';
import { workDoneWords, workFailedWords, workWords } from '../wording/work-words.ts';

/** What is done sooner needs no message. */
const SHORT_WORK_MS = 2_000;
/** Between two states of the message. */
const PACE_MS = 3_000;

interface WorkNoteParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly wakeup: Wakeup;
}

/**
 * One message of a thread that says how far a work on files is. Its key is that of the event: after a restart the work
 * begins anew, and goes on in the same message.
 */
export class WorkNote {
  readonly #parts: WorkNoteParts;
  readonly #key: string;
  readonly #thread: () => ThreadId;
  readonly #since: UtcMs;
  #last: { readonly at: UtcMs; readonly file: string } | undefined;

  /** `thread` is asked where there is something to say. */
  constructor(parts: WorkNoteParts, key: string, thread: () => ThreadId) {
    this.#parts = parts;
    this.#key = key;
    this.#thread = thread;
    this.#since = parts.clock.now();
  }

  readonly tell = (progress: WorkProgress): void => {
    const now = this.#parts.clock.now();
    const due = this.#last === undefined ? this.#since + SHORT_WORK_MS : this.#last.at + PACE_MS;
    if (now < due) return;
    this.#last = { at: now, file: progress.file };
    this.#show(workWords(progress));
  };

  /** Does the work, and says how it ended. What is left off (`signal`) goes on later, in the same message. */
  async during<T>(work: Promise<T>, isDone: (result: T) => boolean, signal: AbortSignal): Promise<T> {
    try {
      const result = await work;
      this.end(isDone(result));
      return result;
    } catch (error) {
      if (!signal.aborted) this.end(false);
      throw error;
    }
  }

  /** Its last state; nothing where there is no message. */
  end(isDone: boolean): void {
    if (this.#last !== undefined) this.#show((isDone ? workDoneWords : workFailedWords)(this.#last));
  }

  #show(words: string): void {
    const { store, wakeup } = this.#parts;
    const card = answerCard(words);
    store.write(() => {
      store.deliveries.ensure(this.#key, this.#thread(), { purpose: 'answer', card });
      store.deliveries.replaceCard(this.#key, card);
    });
    wakeup.notify();
  }
}
