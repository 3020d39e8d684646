import { estimateRunMs } from '../models/eta.ts';
import type { Profile } from '../models/profile.ts';
import { withRuleDefaults } from '../models/rules.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import { learnedRuns, workOf } from './learned-runs.ts';

/** Expected time of a run on a lane, ms, from what earlier runs took; undefined where nothing tells. */
export function estimateRun(
  store: Store,
  profile: Profile,
  run: Pick<Run, 'inputs' | 'parameters'>,
): TimeRange | undefined {
  const work = workOf(profile, run);
  return work && estimateRunMs(profile, work, learnedRuns(store, profile));
}

/** The parameters of a run of these files for which nobody says anything. */
export function usualParameters(profile: Profile, inputs: Run['inputs']): Run['parameters'] {
  const defaults = Object.entries(profile.parameters).flatMap(([name, parameter]) =>
    parameter.default === undefined ? [] : [[name, parameter.default] as const],
  );
  const roles = new Set(inputs.map(({ role }) => role));
  return withRuleDefaults({ profile, parameters: Object.fromEntries(defaults), roles }, new Set());
}
