import type { FailureSignature, Profile } from '../models/profile.ts';
import type { Attempt } from './attempt.ts';
import type { ReadyAttempt } from './ready-run.ts';

/** The attempt with those failures alone marked as hanging that do so on as many GPUs as its lane has. */
export function hangsOn(gpus: readonly string[], { stop }: Attempt, ready: ReadyAttempt): ReadyAttempt {
  const { profile } = ready;
  // What was stopped for a failure of several GPUs had them, whatever its lane has by now.
  const hadMore = stop?.reason === 'hang' && !profile.failures.some((each) => doesHang(each, gpus.length));
  return { ...ready, profile: withHangs(profile, hadMore ? Infinity : gpus.length) };
}

function withHangs(profile: Profile, gpus: number): Profile {
  const failures = profile.failures.map((signature) => {
    if (signature.hangs === undefined || doesHang(signature, gpus)) return signature;
    const { hangs: _, ...others } = signature;
    return others;
  });
  return { ...profile, failures };
}

function doesHang({ hangs }: FailureSignature, gpus: number): boolean {
  return hangs !== undefined && hangs.min_gpus <= gpus;
}
