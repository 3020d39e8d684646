import { CosmosError } from '../errors.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Run, RunStage } from '../runs/run.ts';
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

/** Stages in which the job was seen on its host. */
const STAGES_AFTER_START: ReadonlySet<RunStage | undefined> = new Set([
  'running',
  'stopping',
  'collecting',
  'verifying',
]);

/** True where the job was seen to have begun, whatever its host says now. */
export function hasRun({ stage }: Run): boolean {
  return STAGES_AFTER_START.has(stage);
}

/** Throws `store.failed` where the run or its profile is gone. */
export function readRun(store: Store, profiles: StoredProfiles, attempt: Attempt): ReadyRun {
  const run = store.runs.get(attempt.run);
  const profile = run && profiles.get(run.profileHash);
  if (run === undefined || profile === undefined) {
    throw new CosmosError('store.failed', {
      detail: `run ${attempt.run} of attempt ${attempt.id} is not stored`,
    });
  }
  const shape = videoShape(run.inputs);
  return {
    run,
    profile,
    expectations: { parameters: run.parameters, ...(shape && { frames: shape.frames }) },
  };
}
