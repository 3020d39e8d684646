import type { ThreadId } from '../../core/ids.ts';
import type { DeliveryHead } from '../../core/store/deliveries.ts';

/** Calls at a time, of which uploads: enough that slow ones hold up nobody else. */
export const MAXIMUM_CALLS = 16;
export const MAXIMUM_UPLOADS = 4;

/** A call that sends something new, or looks for what was sent. */
export interface PostCall {
  readonly isUpload: boolean;
  readonly thread: ThreadId;
}

/**
 * What may begin now, so that a look at the duties ends as soon as it is clear that nothing more can: of many that wait,
 * each look works out few.
 */
export class CallRoom {
  readonly #posting: Set<ThreadId>;
  #calls: number;
  #uploads: number;

  constructor(underWay: readonly { readonly isUpload: boolean; readonly postsInto?: ThreadId }[]) {
    this.#posting = new Set(underWay.flatMap(({ postsInto }) => postsInto ?? []));
    this.#calls = underWay.length;
    this.#uploads = underWay.filter(({ isUpload }) => isUpload).length;
  }

  /** Nothing can begin before a call has ended, which is a reason to look again. */
  get isFull(): boolean {
    return this.#calls >= MAXIMUM_CALLS;
  }

  /** Another one is posted into its thread first. Whether a result comes with a file is not known from its head. */
  isTaken({ isNew, purpose, thread }: DeliveryHead): boolean {
    return isNew && purpose !== 'result' && purpose !== 'output' && this.#posting.has(thread);
  }

  /** Notes a call that will begin; one that has to wait for its turn takes no room. */
  take({ isUpload, thread }: PostCall): void {
    if (isUpload) {
      if (this.#uploads >= MAXIMUM_UPLOADS) return;
      this.#uploads += 1;
    } else {
      if (this.#posting.has(thread)) return;
      this.#posting.add(thread);
    }
    this.#calls += 1;
  }
}
