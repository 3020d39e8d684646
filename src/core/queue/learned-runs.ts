import type { LearnedRun, RunWork } from '../models/eta.ts';
import type { Profile } from '../models/profile.ts';
import type { Run } from '../runs/run.ts';
import { videoShape } from '../runs/shape.ts';
import { fromJson } from '../store/json.ts';
import type { Store } from '../store/store.ts';

export type { LearnedRun };

/** The amount of work of a run, as far as its time depends on it; undefined without a video. */
export function workOf(profile: Profile, run: Pick<Run, 'inputs' | 'parameters'>): RunWork | undefined {
  const shape = videoShape(run.inputs);
  return shape && { ...shape, ...steps(profile, run.parameters) };
}

/** What earlier runs of the same profile took, newest first. */
export function learnedRuns(store: Store, profile: Profile): LearnedRun[] {
  return store.runs.learned(profile.id).map(({ frames, width, height, parameters, modelMs }) => ({
    frames,
    width,
    height,
    ms: modelMs,
    ...steps(profile, fromJson<Run['parameters']>(parameters)),
  }));
}

function steps(profile: Profile, parameters: Run['parameters']): { steps?: number } {
  const name = profile.timing.steps_parameter;
  const value = name === undefined ? undefined : parameters[name];
  return typeof value === 'number' ? { steps: value } : {};
}
