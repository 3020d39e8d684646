import type { Run } from '../../core/runs/run.ts';
import type { CancelResult } from '../../core/store/cancellation.ts';

/** What the person who cancelled reads. */
export const CANCEL_WORDS = {
  cancelled: (run) => `${run.id} is cancelled; it had not started.`,
  requested: (run) =>
    run.unreachableSince === undefined
      ? `${run.id} is being stopped.`
      : `${run.id} will be stopped as soon as its host answers again.`,
  already_requested: (run) =>
    `${run.id} is being stopped already${run.cancel ? ` (${run.cancel.byName} asked)` : ''}.`,
} as const satisfies Record<Exclude<CancelResult, 'finished'>, (run: Run) => string>;

export function ratedWords(run: Run): string {
  return `${run.id} is rated ${run.rating} of 5.`;
}
