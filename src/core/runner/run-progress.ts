import type { RunId } from '../ids.ts';
import { estimateRunMs } from '../models/eta.ts';
import type { UtcMs } from '../ports/clock.ts';
import { learnedRuns, workOf } from '../queue/learned-runs.ts';
import { BatchTracker } from '../runs/batch-tracker.ts';
import type { ProgressTracker } from '../runs/progress-tracker.ts';
import type { RunProgress, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import { batchRemaining } from './batch-remaining.ts';
import type { ReadyAttempt, ReadyRun } from './ready-run.ts';

/** From this share of the work on, the run's own pace says more than earlier runs do. */
const OWN_PACE_FROM_PERCENT = 10;
/** Width of an estimate from the run's own pace: it seldom stays constant. */
const OWN_PACE_SPREAD = 0.15;

/** What the card of each running run of an attempt shows. */
export function runProgress(
  ready: ReadyAttempt,
  tracker: ProgressTracker | BatchTracker,
  now: UtcMs,
  store: Store,
): { readonly id: RunId; readonly progress: RunProgress }[] {
  if (tracker instanceof BatchTracker) {
    const left = batchRemaining(ready, tracker, store);
    return ready.open.map(({ run, item }) => {
      const remainingMs = left.get(run.id);
      const progress = {
        ...tracker.snapshot(item),
        updatedAt: now,
        ...(remainingMs && { remainingMs }),
      };
      return { id: run.id, progress };
    });
  }
  const snapshot = tracker.snapshot();
  return ready.open.map((open) => {
    const remainingMs = remaining(open, snapshot.percent, now, store);
    return {
      id: open.run.id,
      progress: { ...snapshot, updatedAt: now, ...(remainingMs && { remainingMs }) },
    };
  });
}

function remaining(
  { run, profile }: ReadyRun,
  percent: number | undefined,
  now: UtcMs,
  store: Store,
): TimeRange | undefined {
  const elapsed = now - (run.startedAt ?? now);
  if (percent !== undefined && percent >= OWN_PACE_FROM_PERCENT) {
    const rest = (elapsed * (100 - percent)) / percent;
    return { low: rest * (1 - OWN_PACE_SPREAD), high: rest * (1 + OWN_PACE_SPREAD) };
  }
  const work = workOf(profile, run);
  const whole = work && estimateRunMs(profile, work, learnedRuns(store, profile));
  return whole && { low: Math.max(0, whole.low - elapsed), high: Math.max(0, whole.high - elapsed) };
}
