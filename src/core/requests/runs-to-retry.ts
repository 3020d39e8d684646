import { isFinished, type Run } from '../runs/run.ts';
import type { Store } from '../store/store.ts';

/** Of these runs those that have ended without a result, and of which no retry waits, runs or has a result. */
export function runsToRetry(store: Pick<Store, 'runs'>, runs: readonly Run[]): readonly Run[] {
  return runs.filter((run) => isWithoutResult(run) && !store.runs.childrenOf(run.id).some(isRetry));
}

function isWithoutResult({ state }: Run): boolean {
  return isFinished(state) && state !== 'done';
}

function isRetry(run: Run): boolean {
  return run.parent?.relation === 'retry' && !isWithoutResult(run);
}
