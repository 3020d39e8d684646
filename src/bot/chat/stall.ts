/** Aborts a transfer whose bytes do not move any more; to be told of each movement. */
export class Stall implements Disposable {
  readonly #stalled = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#stalled.abort(new DOMException('stalled', 'TimeoutError')), ms);
  }

  get signal(): AbortSignal {
    return this.#stalled.signal;
  }

  moved(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
