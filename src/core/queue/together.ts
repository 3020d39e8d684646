import type { Run, TimeRange } from '../runs/run.ts';
import { type BatchRules, type Composed, composeBatch } from './compose-batch.ts';

/** Waiting runs that are looked at for a batch: those far behind would overtake too many anyway. */
export const LOOKED_AT = 100;

/** A waiting run in the group with which it is going to start. */
export interface GroupedRun {
  readonly run: Run;
  /** From the start of the group until this run has its result; absent while unknown. */
  readonly duration?: TimeRange;
}

export interface Group {
  readonly runs: readonly GroupedRun[];
  readonly leftOut: Composed['leftOut'];
}

/** What starts with the head of the queue on a lane with these rules, and how long each of them takes. */
export function groupOf(head: Run, waiting: readonly Run[], rules: BatchRules, idleLanes: number): Group {
  const { runs, leftOut } = composeBatch(head, waiting.slice(0, LOOKED_AT), rules, idleLanes);
  let sum: TimeRange | undefined = { low: 0, high: 0 };
  const grouped: GroupedRun[] = [];
  for (const run of runs) {
    const expected = rules.expected(run);
    const own = run.id === head.id ? expected?.alone : expected?.loaded;
    sum = sum && own && { low: sum.low + own.low, high: sum.high + own.high };
    grouped.push({ run, ...(sum && { duration: sum }) });
  }
  return { runs: grouped, leftOut };
}
