import { estimateRunMs } from '../models/eta.ts';
import type { UtcMs } from '../ports/clock.ts';
import { learnedRuns, workOf } from '../queue/learned-runs.ts';
import type { ProgressSnapshot } from '../runs/progress-tracker.ts';
import type { RunProgress, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import type { ReadyRun } from './ready-run.ts';

/** From this share of the work on, the run's own pace says more than earlier runs do. */
const OWN_PACE_FROM_PERCENT = 10;
/** Width of an estimate from the run's own pace: it seldom stays constant. */
const OWN_PACE_SPREAD = 0.15;

/** What the card of a running run shows. */
export function runProgress(
  ready: ReadyRun,
  snapshot: ProgressSnapshot,
  now: UtcMs,
  store: Store,
): RunProgress {
  const remainingMs = remaining(ready, snapshot.percent, now, store);
  return { ...snapshot, updatedAt: now, ...(remainingMs && { remainingMs }) };
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
