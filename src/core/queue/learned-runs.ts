import type { RunWork } from '../models/eta.ts';
import type { Run } from '../runs/run.ts';
import { videoShape } from '../runs/shape.ts';
import { fromJson } from '../store/json.ts';
import type { Store } from '../store/store.ts';

/** The amount of work of a run, as far as time depends on it; undefined without a video. */
export function workOf(run: Pick<Run, 'inputs' | 'parameters'>): RunWork | undefined {
  const shape = videoShape(run.inputs);
  return shape && { ...shape, ...steps(run.parameters) };
}

/** What earlier runs of the same profile took, newest first. */
export function learnedRuns(store: Store, profileId: string): (RunWork & { readonly ms: number })[] {
  return store.runs.learned(profileId).map(({ frames, width, height, parameters, modelMs }) => ({
    frames,
    width,
    height,
    ms: modelMs,
    ...steps(fromJson<Run['parameters']>(parameters)),
  }));
}

function steps(parameters: Run['parameters']): { steps?: number } {
  const value = parameters['num_steps'] ?? parameters['steps'];
  return typeof value === 'number' ? { steps: value } : {};
}
