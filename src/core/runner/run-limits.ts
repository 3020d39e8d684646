import type { RunTimeouts } from '../config/config.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyAttempt } from './ready-run.ts';

/** The limits of an attempt: several runs may take as long as each of them alone, together. */
export function runLimits(context: LaneContext, { profile, items }: ReadyAttempt): RunTimeouts {
  const { runMs, ...limits } = context.timeouts(profile);
  return { ...limits, runMs: runMs * items.length };
}
