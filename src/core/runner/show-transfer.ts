import type { RunId } from '../ids.ts';
import type { RunProgress, RunStage, RunTransfer } from '../runs/run.ts';
import { TransferMeter } from '../runs/transfer-meter.ts';
import type { LaneContext } from './lane-context.ts';

/** How often progress is stored, ms: what is stored more often costs more than anybody sees. */
const INTERVAL_MS = 1_000;

/** A file of `sizes`, and how many bytes of it are there now. */
export type ReportTransfer = (key: string, doneBytes: number) => void;

/**
 * Shows how far a transfer is while `work` makes it: the runs get the stage, bytes, rate and remaining time from the
 * first byte on that has to be moved. Where nothing has to, nothing is shown. `sizes`: bytes of each file.
 */
export async function showTransfer<T>(
  context: LaneContext,
  runs: readonly RunId[],
  stage: Extract<RunStage, 'uploading' | 'collecting'>,
  sizes: ReadonlyMap<string, number>,
  work: (report: ReportTransfer) => Promise<T>,
): Promise<T> {
  const { clock } = context;
  const meter = new TransferMeter(sizes);
  const shown = new ShownTransfer(context, runs, stage);
  const ended = new AbortController();
  const keepShowing = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(INTERVAL_MS, ended.signal);
      if (!ended.signal.aborted) shown.update(meter.state(clock.now()));
    }
  };
  const showing = keepShowing();
  const end = async (): Promise<void> => {
    ended.abort();
    await showing;
  };
  try {
    const result = await work((key, doneBytes) => {
      meter.report(key, doneBytes, clock.now());
      if (!shown.hasBegun) shown.update(meter.state(clock.now()));
    });
    await end();
    shown.clear();
    return result;
  } catch (error) {
    await end();
    shown.stop(meter.state(clock.now()));
    throw error;
  }
}

class ShownTransfer {
  readonly #context: LaneContext;
  readonly #stage: RunStage;
  /** What else is known of each run: a download comes after the model's own progress. */
  readonly #progress: ReadonlyMap<RunId, RunProgress | undefined>;
  #last = '';

  constructor(context: LaneContext, runs: readonly RunId[], stage: RunStage) {
    this.#context = context;
    this.#stage = stage;
    this.#progress = new Map(runs.map((run) => [run, context.store.runs.get(run)?.progress]));
  }

  get hasBegun(): boolean {
    return this.#last !== '';
  }

  update(transfer: RunTransfer | undefined): void {
    const text = JSON.stringify(transfer);
    if (transfer === undefined || text === this.#last) return;
    const { store } = this.#context;
    const isFirst = !this.hasBegun;
    const isStored = this.#store(() => {
      for (const [run, progress] of this.#progress) {
        if (isFirst) store.runs.setStage(run, this.#stage);
        store.runs.setProgress(run, { ...this.#base(progress), transfer });
      }
    });
    if (isStored) this.#last = text;
  }

  /** It broke: what is left says neither how fast nor how long. */
  stop(transfer: RunTransfer | undefined): void {
    if (transfer === undefined) return;
    this.update({ doneBytes: transfer.doneBytes, totalBytes: transfer.totalBytes });
  }

  /** Everything is there: nothing more to show, neither of this nor of an earlier try. */
  clear(): void {
    const touched = [...this.#progress].filter(
      ([, progress]) => this.hasBegun || progress?.transfer !== undefined,
    );
    if (touched.length === 0) return;
    this.#store(() => {
      for (const [run, progress] of touched) this.#context.store.runs.setProgress(run, this.#base(progress));
    });
  }

  #base(known: RunProgress | undefined): RunProgress {
    const { transfer: _, ...progress } = known ?? { logTail: [] };
    return { ...progress, updatedAt: this.#context.clock.now() };
  }

  #store(write: () => void): boolean {
    const { store, wakeup, logger } = this.#context;
    try {
      store.write(write);
      wakeup.notify();
      return true;
    } catch (error) {
      // The transfer itself is well, and a later second shows it.
      logger.warn({ runs: [...this.#progress.keys()], err: error }, 'transfer progress was not stored');
      return false;
    }
  }
}
