import { BatchTracker } from '../runs/batch-tracker.ts';
import type { ProgressTracker } from '../runs/progress-tracker.ts';
import type { Attempt } from './attempt.ts';
import type { LaneContext } from './lane-context.ts';
import { isCancelled, type ReadyAttempt } from './ready-run.ts';

/**
 * Takes cancelled runs out of a job that others still want: before the start nothing of them is sent, after it the
 * others are not disturbed and what it gives for them is dropped. True where that has changed the job. Where nobody
 * wants the rest, nothing is taken out: then the job itself is stopped.
 */
export function dropCancelled(
  { store, logger, wakeup }: LaneContext,
  attempt: Attempt,
  ready: ReadyAttempt,
): boolean {
  const cancelled = ready.open.filter(({ run }) => run.cancel !== undefined);
  if (cancelled.length === 0 || isCancelled(ready)) return false;
  for (const { run } of cancelled) {
    store.attempts.endItem(attempt, run.id, { outcome: 'cancelled', outputs: [] });
    logger.info({ run: run.id, attempt: attempt.id, outcome: 'cancelled' }, 'run ended');
  }
  wakeup.notify();
  return true;
}

/** True where nothing of what a running job has yet to give is wanted. */
export function isUnwanted(ready: ReadyAttempt, tracker: ProgressTracker | BatchTracker): boolean {
  if (!(tracker instanceof BatchTracker)) return isCancelled(ready);
  if (ready.items.every(({ item }) => tracker.hasEnded(item))) return false;
  return ready.open.every(({ run, item }) => run.cancel !== undefined || tracker.hasEnded(item));
}
