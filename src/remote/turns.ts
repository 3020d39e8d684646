/** Lets what concerns one thing happen one after the other, in the order of asking; other things meanwhile. */
export class Turns<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** Does `work` when all earlier ones of the same key have ended. Throws the signal's reason while it waits. */
  async take<T>(key: Key, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const own = Promise.withResolvers<void>();
    const last = before.then(() => own.promise);
    this.#last.set(key, last);
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      own.resolve();
      if (this.#last.get(key) === last) this.#last.delete(key);
    }
  }
}

function orAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
