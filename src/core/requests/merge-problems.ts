import type { Problem } from '../errors.ts';

/** Runs that a problem names; the others are counted. */
const NAMED_RUNS = 6;

/** A problem of one run, and how that run is told from the others, such as `seed=3 edge=0.5`. */
export interface RunProblem {
  readonly problem: Problem;
  readonly run: string;
}

/**
 * Each problem once, in the order of its first run. One that not all runs have says which have it: `runs`, and
 * `runsTotal` of `ofRuns`.
 */
export function mergeProblems(found: readonly RunProblem[], ofRuns: number): readonly Problem[] {
  const same = Map.groupBy(found, ({ problem }) => JSON.stringify([problem.code, problem.parameters]));
  return [...same.values()].flatMap((group): Problem[] => {
    const [first] = group;
    if (first === undefined) return [];
    const runs = [...new Set(group.map(({ run }) => run))];
    if (runs.length === ofRuns) return [first.problem];
    const { code, parameters } = first.problem;
    const which = { runs: runs.slice(0, NAMED_RUNS), runsTotal: runs.length, ofRuns };
    return [{ code, parameters: { ...parameters, ...which } }];
  });
}
