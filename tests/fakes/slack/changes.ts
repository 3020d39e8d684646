/** Tells whoever waits that something of a fake has changed. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Something happened that somebody may wait for. */
  announce(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves with the first value of `look` that is neither undefined, null nor false; it looks now and after each change. */
  until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>> {
    const { promise, resolve, reject } = Promise.withResolvers<Exclude<T, undefined | null | false>>();
    const attempt = () => {
      try {
        const found = look();
        if (!isFound(found)) return;
        resolve(found);
      } catch (error) {
        reject(error);
      }
      this.#waiting.delete(attempt);
    };
    this.#waiting.add(attempt);
    attempt();
    return promise;
  }

  /** Nobody is told any more. */
  close(): void {
    this.#waiting.clear();
  }
}

function isFound<T>(value: T): value is Exclude<T, undefined | null | false> {
  return value !== undefined && value !== null && value !== false;
}
