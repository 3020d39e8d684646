import type { BatchLimits } from '../config/config.ts';
import { batchTraits } from '../models/batch-traits.ts';
import { estimateRunMs } from '../models/eta.ts';
import { profileHash } from '../models/parse-profile.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import { withoutLoad } from '../runner/batch-remaining.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import type { BatchRules, ResolvedProfile } from './compose-batch.ts';
import { type LearnedRun, learnedRuns, workOf } from './learned-runs.ts';

/** How a lane puts runs together now: with the profiles that it executes, and what its runs have taken. */
export function batchRules(parts: {
  readonly store: Store;
  readonly profiles: StoredProfiles;
  readonly limits: BatchLimits;
  /** Profiles that the lane's host has of its own, where hosts differ. */
  readonly ownProfiles: ReadonlyMap<string, Profile>;
}): BatchRules {
  const { store, profiles, limits, ownProfiles } = parts;
  const histories = new Map<string, readonly LearnedRun[]>();
  const own = new Map<string, ResolvedProfile>();
  const profileOf = (run: Run): ResolvedProfile | undefined => {
    const ownProfile = ownProfiles.get(run.profileId);
    if (ownProfile !== undefined) {
      const known = own.get(run.profileId) ?? { profile: ownProfile, hash: profileHash(ownProfile) };
      own.set(run.profileId, known);
      return known;
    }
    const profile = profiles.get(run.profileHash);
    return profile && { profile, hash: run.profileHash };
  };
  const traits = new Map<string, ReadonlyMap<string, string> | undefined>();
  const traitsOf = (run: Run): ReadonlyMap<string, string> | undefined => {
    if (!traits.has(run.id)) {
      // What is to show that nothing has changed runs as it would by itself.
      const isAlone = run.parent?.relation === 'reproduce';
      const profile = isAlone ? undefined : profileOf(run)?.profile;
      traits.set(run.id, profile && batchTraits(profile, run));
    }
    return traits.get(run.id);
  };
  const expected = (run: Run): { alone: TimeRange; loaded: TimeRange } | undefined => {
    const profile = profileOf(run)?.profile;
    const work = profile && workOf(profile, run);
    if (profile === undefined || work === undefined) return undefined;
    const history = histories.get(profile.id) ?? learnedRuns(store, profile);
    histories.set(profile.id, history);
    const alone = estimateRunMs(profile, work, history);
    return alone && { alone, loaded: withoutLoad(profile, alone) };
  };
  return { limits, profileOf, traitsOf, expected };
}
