import type { UtcMs } from '../ports/clock.ts';
import type { RunTransfer } from './run.ts';

/** A rate is that of so long a time, ms: long enough for a steady number, short enough to follow the network. */
const WINDOW_MS = 10_000;
/** Moments in the window, about. */
const SAMPLES = 40;
/** From when on a rate means something, ms after the first byte. */
const RATE_AFTER_MS = 2_000;
/** From when on the remaining time does: the first seconds of a connection are slower, or come out of a cache. */
const REMAINING_AFTER_MS = 5_000;

interface MeteredFile {
  readonly bytes: number;
  doneBytes: number | undefined;
  /** Nothing of it had to be moved. */
  wasThere: boolean;
}

/** How far the transfer of several files is, as one. */
export class TransferMeter {
  readonly #files: ReadonlyMap<string, MeteredFile>;
  /** Bytes that were moved until then, oldest first; the first is what the rate is measured from. */
  #samples: { readonly at: UtcMs; readonly movedBytes: number }[] = [];
  #movedBytes = 0;
  #beganAt: UtcMs | undefined;

  /** `sizes`: bytes of each file by a key of the caller's. */
  constructor(sizes: ReadonlyMap<string, number>) {
    this.#files = new Map(
      [...sizes].map(([key, bytes]) => [key, { bytes, doneBytes: undefined, wasThere: false }]),
    );
  }

  /**
   * What is there of a file now. The first report of a file says what was there before anything was moved: a whole one
   * counts no more, and of a resumed one only the rest counts for the rate.
   */
  report(key: string, doneBytes: number, now: UtcMs): void {
    const file = this.#files.get(key);
    if (file === undefined) return;
    if (file.doneBytes === undefined) {
      file.wasThere = doneBytes >= file.bytes;
      if (!file.wasThere && this.#beganAt === undefined) this.#begin(now);
    }
    this.#movedBytes += Math.max(0, doneBytes - (file.doneBytes ?? doneBytes));
    file.doneBytes = Math.min(doneBytes, file.bytes);
    this.#sample(now);
  }

  /** Undefined as long as there was nothing to move. */
  state(now: UtcMs): RunTransfer | undefined {
    if (this.#beganAt === undefined) return undefined;
    const counted = [...this.#files.values()].filter(({ wasThere }) => !wasThere);
    const doneBytes = counted.reduce((sum, file) => sum + (file.doneBytes ?? 0), 0);
    const totalBytes = counted.reduce((sum, { bytes }) => sum + bytes, 0);
    const age = now - this.#beganAt;
    const rate = this.#rate(now);
    if (doneBytes >= totalBytes || rate <= 0 || age < RATE_AFTER_MS) return { doneBytes, totalBytes };
    const remainingMs = ((totalBytes - doneBytes) / rate) * 1000;
    return {
      doneBytes,
      totalBytes,
      bytesPerSecond: rate,
      ...(age >= REMAINING_AFTER_MS && { remainingMs }),
    };
  }

  #begin(now: UtcMs): void {
    this.#beganAt = now;
    this.#samples = [{ at: now, movedBytes: 0 }];
  }

  #sample(now: UtcMs): void {
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.at < WINDOW_MS / SAMPLES) return;
    this.#samples.push({ at: now, movedBytes: this.#movedBytes });
    this.#forget(now);
  }

  /** All that is older than the window but the last of it: without that a rate would be measured from too late. */
  #forget(now: UtcMs): void {
    while ((this.#samples[1]?.at ?? now) <= now - WINDOW_MS) this.#samples.shift();
  }

  /** Bytes in a second; none where nothing has moved in the whole window. */
  #rate(now: UtcMs): number {
    this.#forget(now);
    const first = this.#samples[0];
    if (first === undefined || now <= first.at) return 0;
    return ((this.#movedBytes - first.movedBytes) / (now - first.at)) * 1000;
  }
}
