import type { Logger } from 'pino';
import { toCosmosError } from './errors.ts';
import type { Store } from './store/store.ts';
import type { Wakeup } from './wakeup.ts';

/** How often another process's commits are looked for, ms: one pragma, a few microseconds. */
const INTERVAL_MS = 100;

/** Wakes this process when another one has written to the store. */
export class StoreWatcher implements Disposable {
  readonly #timer: NodeJS.Timeout;

  constructor(store: Pick<Store, 'version'>, wakeup: Wakeup, logger: Logger) {
    let seen = store.version();
    let isFailing = false;
    const look = (): void => {
      const version = store.version();
      isFailing = false;
      if (version === seen) return;
      seen = version;
      wakeup.notify();
    };
    this.#timer = setInterval(() => {
      try {
        look();
      } catch (error) {
        // A wake-up that comes late costs time only; an error out of a timer would end the bot. What failed once fails
        // ten times a second, and is told once.
        if (!isFailing) logger.warn({ err: toCosmosError(error) }, 'other processes are not heard');
        isFailing = true;
      }
    }, INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
