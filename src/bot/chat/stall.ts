/** Aborts a transfer whose bytes do not move any more for `ms`; to be told of each movement. */
export class Stall implements Disposable {
  readonly #ms: number;
  readonly #stalled = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** `begins` with the first movement where the transfer has to wait for its turn before. */
  constructor(ms: number, begins: 'now' | 'moving' = 'now') {
    this.#ms = ms;
    if (begins === 'now') this.moved();
  }

  get signal(): AbortSignal {
    return this.#stalled.signal;
  }

  moved(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#stalled.abort(new DOMException('stalled', 'TimeoutError')),
      this.#ms,
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
