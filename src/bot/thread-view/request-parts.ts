import { isFinished, type Run, type RunState } from '../../core/runs/run.ts';
import { count } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import type { RequestView } from './request-view.ts';

/** The order in which states are counted: what somebody wants to know first. */
const COUNTED: readonly RunState[] = [
  'done',
  'failed',
  'blocked',
  'timed_out',
  'lost',
  'cancelled',
  'active',
  'queued',
];

/** `24 runs of rainy_neon_street`, `6 drafts of 2 prompts`. */
export function requestSubject({ rows }: Pick<RequestView, 'rows'>): string {
  const names = [...new Set(rows.map(({ run }) => run.promptName))];
  const isDraft = rows.every(({ run }) => run.draft !== undefined);
  return runsOf(rows.length, names, isDraft);
}

/** The same for so many runs of prompts with these names. */
export function runsOf(amount: number, names: readonly string[], isDraft = false): string {
  const of = names.length === 1 ? (names[0] ?? '') : count(names.length, 'prompt');
  return `${count(amount, isDraft ? 'draft' : 'run')} of ${of}`;
}

/** `9 of 24 done`, `1 failed`, `2 running`; `leftOut` are not said. */
export function stateCounts(runs: readonly Run[], leftOut: readonly RunState[] = []): readonly string[] {
  const states = Map.groupBy(runs, ({ state }) => state);
  return COUNTED.flatMap((state) => {
    const amount = states.get(state)?.length ?? 0;
    if (state === 'done') return [`${amount} of ${runs.length} done`];
    return amount === 0 || leftOut.includes(state) ? [] : [`${amount} ${stateWords(state)}`];
  });
}

export function hasEnded({ rows }: Pick<RequestView, 'rows'>): boolean {
  return rows.every(({ run }) => isFinished(run.state));
}

/** Of all its runs together, from 0 to 100; what has ended is whole. */
export function overallPercent({ rows }: Pick<RequestView, 'rows'>): number {
  const shares = rows.map(({ run }) => {
    if (isFinished(run.state)) return 100;
    return run.state === 'active' ? (run.progress?.percent ?? 0) : 0;
  });
  return Math.floor(shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length));
}
