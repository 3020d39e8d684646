import { CosmosError } from '../errors.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { RunExpectations } from '../runs/log-reader.ts';
import type { Run, RunStage } from '../runs/run.ts';
import { videoShape } from '../runs/shape.ts';
import type { Store } from '../store/store.ts';
import type { Attempt } from './attempt.ts';

/** A run with the profile that was stored when it was queued: nothing else decides what it executes. */
export interface ReadyRun {
  readonly run: Run;
  readonly profile: Profile;
  /** What the progress of its log is measured against. */
  readonly expectations: RunExpectations;
  /** Its place in the list of its job, from 0. */
  readonly item: number;
  /** It has its end already; the others go on. */
  readonly hasEnded: boolean;
}

/** The runs of an attempt, in the order of their list, and the profile that all of them have. */
export interface ReadyAttempt {
  readonly profile: Profile;
  readonly items: readonly [ReadyRun, ...ReadyRun[]];
  /** Those that have no end yet. */
  readonly open: readonly ReadyRun[];
}

/** Stages in which the job was seen on its host. */
const STAGES_AFTER_START: ReadonlySet<RunStage | undefined> = new Set([
  'running',
  'stopping',
  'collecting',
  'verifying',
]);

/** True where the job was seen to have begun, whatever its host says now. */
export function hasRun({ items }: ReadyAttempt): boolean {
  return items.some(({ run, hasEnded }) => !hasEnded && STAGES_AFTER_START.has(run.stage));
}

/** True where nobody wants what the job has yet to give. */
export function isCancelled({ open }: ReadyAttempt): boolean {
  return open.every(({ run }) => run.cancel !== undefined);
}

/** Throws `store.failed` where a run or its profile is gone. */
export function readAttempt(store: Store, profiles: StoredProfiles, attempt: Attempt): ReadyAttempt {
  const [lead, ...others] = attempt.items.map(({ run: id, hasEnded }, item): ReadyRun => {
    const run = store.runs.get(id);
    const profile = run && profiles.get(run.profileHash);
    if (run === undefined || profile === undefined) {
      throw new CosmosError('store.failed', { detail: `run ${id} of attempt ${attempt.id} is not stored` });
    }
    const shape = videoShape(profile, run);
    const expectations = { parameters: run.parameters, ...(shape && { frames: shape.frames }) };
    return { run, profile, expectations, item, hasEnded };
  });
  if (lead === undefined)
    throw new CosmosError('store.failed', { detail: `attempt ${attempt.id} has no runs` });
  const items = [lead, ...others] as const;
  return { profile: lead.profile, items, open: items.filter(({ hasEnded }) => !hasEnded) };
}
