/** A transfer goes on in blocks: what is acknowledged as a whole is not sent again after a break. Four of OpenSSH's requests. */
export const BLOCK_BYTES = 4 * 255 * 1024;
/**
 * No block is begun that lies so many blocks or more behind the first unfinished one. Twice of what is in flight: the
 * channels of a connection rarely drift apart so far.
 */
export const WINDOW_BLOCKS = 16;
/** Of files up to this size the hash is computed afterwards: quicker than to begin a program or a thread for it. */
export const SMALL_BYTES = 4 * BLOCK_BYTES;

export interface Block {
  readonly position: number;
  readonly bytes: number;
}

/**
 * How much of the beginning of an unfinished file of `size` bytes is known to be written, whatever wrote it was doing
 * when it was killed: by the window of `BlockQueue`, all blocks but the last `WINDOW_BLOCKS` that were touched.
 */
export function keptPrefix(size: number): number {
  return Math.max(0, Math.ceil(size / BLOCK_BYTES) - WINDOW_BLOCKS) * BLOCK_BYTES;
}

/** The blocks of a file that are still to be moved, given out in order, those that came back first. */
export class BlockQueue {
  /** Bytes that are there, in whatever order they came. */
  doneBytes: number;
  readonly #size: number;
  readonly #returned: Block[] = [];
  /** Positions of the finished blocks behind the first unfinished one. */
  readonly #ahead = new Set<number>();
  #next: number;
  #contiguous: number;
  #moved = Promise.withResolvers<void>();

  /** `from`: the bytes that are there already, whole blocks. */
  constructor(size: number, from = 0) {
    this.#size = size;
    this.#next = from;
    this.#contiguous = from;
    this.doneBytes = from;
  }

  get isDone(): boolean {
    return this.doneBytes >= this.#size;
  }

  get openBlocks(): number {
    return Math.ceil((this.#size - this.doneBytes) / BLOCK_BYTES);
  }

  /** Bytes from the beginning without a gap. */
  get contiguousBytes(): number {
    return this.#contiguous;
  }

  /** The next block; waits while it lies too far ahead. Undefined when none is left to give, or after `stop`. */
  async take(stop: AbortSignal): Promise<Block | undefined> {
    while (!stop.aborted) {
      const returned = this.#returned.shift();
      if (returned !== undefined) return returned;
      if (this.#next >= this.#size) return undefined;
      if (this.#next - this.#contiguous < WINDOW_BLOCKS * BLOCK_BYTES) return this.#new();
      await this.#moved.promise;
    }
    return undefined;
  }

  giveBack(block: Block): void {
    this.#returned.push(block);
    this.#wake();
  }

  finish(block: Block): void {
    this.doneBytes += block.bytes;
    this.#ahead.add(block.position);
    while (this.#ahead.delete(this.#contiguous)) {
      this.#contiguous = Math.min(this.#size, this.#contiguous + BLOCK_BYTES);
    }
    this.#wake();
  }

  #new(): Block {
    const block = { position: this.#next, bytes: Math.min(BLOCK_BYTES, this.#size - this.#next) };
    this.#next += block.bytes;
    return block;
  }

  #wake(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }
}
