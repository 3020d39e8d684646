import type { Store } from './store/store.ts';
import type { Wakeup } from './wakeup.ts';

/** How often another process's commits are looked for, ms: one pragma, a few microseconds. */
const INTERVAL_MS = 100;

/** Wakes this process when another one has written to the store. */
export class StoreWatcher implements Disposable {
  readonly #timer: NodeJS.Timeout;

  constructor(store: Store, wakeup: Wakeup) {
    let seen = store.version();
    this.#timer = setInterval(() => {
      const version = store.version();
      if (version === seen) return;
      seen = version;
      wakeup.notify();
    }, INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
