import type { Clock } from '../../../src/core/ports/clock.ts';

/** When a file appears in its channel after `files.completeUploadExternal`. */
export type SharePolicy =
  /** Right behind the answer, as usual. */
  | 'soon'
  /** When the test calls `land`. */
  | 'late'
  /** After so much time of the fake's clock. */
  | { readonly afterMs: number }
  /** Accepted, and never seen again. */
  | 'never'
  /** The scan refuses it: the file is gone. */
  | 'failed';

/** Sharing is asynchronous: Slack scans and transcodes first. */
export class FileShares {
  /** How uploads appear unless `next` says otherwise. */
  policy: SharePolicy = 'soon';
  /** What a second `files.completeUploadExternal` for one file does; Slack's answer is not known. */
  completingTwice: 'shares_again' | 'ignored' | 'file_not_found' = 'shares_again';
  readonly #next: SharePolicy[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #stopped: AbortSignal;

  constructor(clock: Clock, stopped: AbortSignal) {
    this.#clock = clock;
    this.#stopped = stopped;
  }

  /** The next completed uploads appear so, in this order. */
  next(...policies: readonly SharePolicy[]): void {
    this.#next.push(...policies);
  }

  /** Everything that waits appears now. */
  land(): void {
    for (const share of this.#waiting.splice(0)) share();
  }

  /** How many accepted uploads wait for `land`. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Applies the policy of the next upload. */
  schedule(share: () => void, fail: () => void): void {
    const policy = this.#next.shift() ?? this.policy;
    if (policy === 'never') return;
    if (policy === 'late') this.#waiting.push(share);
    else if (policy === 'failed') setImmediate(fail);
    else if (policy === 'soon') setImmediate(share);
    else {
      void this.#clock.sleep(policy.afterMs, this.#stopped).then(() => {
        if (!this.#stopped.aborted) share();
      });
    }
  }
}
