import type { RunId } from '../ids.ts';
import { estimateRunMs } from '../models/eta.ts';
import type { Profile } from '../models/profile.ts';
import { learnedRuns, workOf } from '../queue/learned-runs.ts';
import type { BatchTracker } from '../runs/batch-tracker.ts';
import type { TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import type { ReadyAttempt } from './ready-run.ts';

/**
 * What is left for each open run of a batch until it has its result: the rest of the run at work, and all of those
 * between, without the loading of the model. Runs that cannot be estimated, and those after them, are left out.
 */
export function batchRemaining(
  { profile, items, open }: ReadyAttempt,
  tracker: BatchTracker,
  store: Store,
): ReadonlyMap<RunId, TimeRange> {
  const history = learnedRuns(store, profile);
  const isOpen = new Set(open.map(({ item }) => item));
  const left = new Map<RunId, TimeRange>();
  let sum: TimeRange = { low: 0, high: 0 };
  for (const { run, item } of items) {
    if (tracker.hasEnded(item) || (!isOpen.has(item) && tracker.hasBegun(item))) continue;
    const work = workOf(profile, run);
    const alone = work && estimateRunMs(profile, work, history);
    if (alone === undefined) break;
    const whole = item === 0 ? alone : withoutLoad(profile, alone);
    const done = (tracker.snapshot(item).percent ?? 0) / 100;
    sum = { low: sum.low + whole.low * (1 - done), high: sum.high + whole.high * (1 - done) };
    if (isOpen.has(item)) left.set(run.id, sum);
  }
  return left;
}

/** What a run takes for whom the model is loaded already. */
export function withoutLoad({ timing }: Profile, { low, high }: TimeRange): TimeRange {
  const load = timing.load_seconds * 1000;
  return { low: Math.max(0, low - load), high: Math.max(0, high - load) };
}

/** As a run would have taken alone, ms, where several have shared `totalMs`, one load of the model among it. */
export function aloneMs({ timing }: Profile, totalMs: number, runs: number): number {
  const load = Math.min(timing.load_seconds * 1000, totalMs);
  return load + (totalMs - load) / Math.max(1, runs);
}
