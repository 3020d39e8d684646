import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Sha256 } from '../../core/ids.ts';
import { PACKAGE_ROOT } from '../../core/package-root.ts';
import type { StoredFile } from '../../core/ports/media.ts';
import type { GrowingHash } from './growing-hash.ts';

/** To the thread. */
export interface HashRequest {
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** From the thread. */
export interface HashAnswer {
  readonly sha256: string;
  readonly bytes: number;
}

/** The thread's program as it is built, also where the bot runs from its sources: its heap has no room for a compiler. */
const PROGRAM = join(PACKAGE_ROOT, 'dist/remote/transfer/hash-worker.js');

/** A heap of a thread that hashes: nearly nothing, and it must not grow unseen, MB. */
const LARGEST_HEAP_MB = 32;

/** Hashes a file of ours in a thread of its own while the file grows. */
export class WorkerHash implements GrowingHash {
  readonly #worker: Worker;
  readonly #answer: Promise<StoredFile | undefined>;
  #bytes = 0;

  constructor(file: string) {
    this.#worker = new Worker(PROGRAM, {
      workerData: file,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: LARGEST_HEAP_MB },
    });
    this.#answer = new Promise((resolve) => {
      this.#worker.once('message', ({ sha256, bytes }: HashAnswer) =>
        resolve({ sha256: sha256 as Sha256, bytes }),
      );
      // What keeps the thread from reading the file meets whoever reads it afterwards.
      this.#worker.once('error', () => resolve(undefined));
      this.#worker.once('exit', () => resolve(undefined));
    });
  }

  grow(bytes: number): void {
    if (bytes <= this.#bytes) return;
    this.#bytes = bytes;
    this.#tell(false);
  }

  finish(): Promise<StoredFile | undefined> {
    this.#tell(true);
    return this.#answer;
  }

  stop(): void {
    void this.#worker.terminate();
  }

  #tell(isWhole: boolean): void {
    const request: HashRequest = { bytes: this.#bytes, isWhole };
    this.#worker.postMessage(request);
  }
}
