import { CosmosError } from '../errors.ts';
import { parseStoredProfile } from '../models/parse-profile.ts';
import type { Profile } from '../models/profile.ts';
import type { Run } from '../runs/run.ts';
import { videoShape } from '../runs/shape.ts';
import type { Store } from '../store/store.ts';
import type { Attempt } from './attempt.ts';

/** A run with the profile that was stored when it was queued: nothing else decides what it executes. */
export interface ReadyRun {
  readonly run: Run;
  readonly profile: Profile;
  /** What the progress of its log is measured against. */
  readonly expectations: { readonly frames?: number; readonly parameters: Run['parameters'] };
}

export function readRun(store: Store, attempt: Attempt): ReadyRun {
  const run = store.runs.get(attempt.run);
  const content = run && store.runs.profileContent(run.profileHash);
  if (run === undefined || content === undefined) {
    throw new CosmosError('store.failed', { detail: `run ${attempt.run} of attempt ${attempt.id} is not stored` });
  }
  const shape = videoShape(run.inputs);
  return {
    run,
    profile: parseStoredProfile(content),
    expectations: { parameters: run.parameters, ...(shape && { frames: shape.frames }) },
  };
}
