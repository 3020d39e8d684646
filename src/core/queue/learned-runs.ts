import type { LearnedRun, RunWork } from '../models/eta.ts';
import type { Profile } from '../models/profile.ts';
import type { Run } from '../runs/run.ts';
import { type VideoShape, workShape } from '../runs/shape.ts';
import { fromJson } from '../store/json.ts';
import type { Store } from '../store/store.ts';

export type { LearnedRun };

/** Of a run whose model's time depends on neither frames nor pixels. */
const NO_SHAPE = { frames: 1, width: 1, height: 1 };

/** The amount of work of a run, as far as its time depends on it; undefined where that is a video, and there is none. */
export function workOf(profile: Profile, run: Pick<Run, 'inputs' | 'parameters'>): RunWork | undefined {
  const shape = workShape(profile, run) ?? shapeless(profile);
  return shape && { ...shape, ...steps(profile, run.parameters) };
}

/** What earlier runs of the same profile took, newest first. */
export function learnedRuns(store: Store, profile: Profile): LearnedRun[] {
  return store.runs.learned(profile.id).flatMap(({ shape: known, parameters, modelMs }) => {
    const shape = known ?? shapeless(profile);
    return shape === undefined
      ? []
      : [{ ...shape, ms: modelMs, ...steps(profile, fromJson<Run['parameters']>(parameters)) }];
  });
}

function shapeless({ timing }: Profile): VideoShape | undefined {
  return timing.scales_with.every((factor) => factor === 'steps') ? NO_SHAPE : undefined;
}

function steps(profile: Profile, parameters: Run['parameters']): { steps?: number } {
  const name = profile.timing.steps_parameter;
  const value = name === undefined ? undefined : parameters[name];
  return typeof value === 'number' ? { steps: value } : {};
}
