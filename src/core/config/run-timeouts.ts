import type { RunTimeouts } from './config.ts';

/** The `timeouts` table of a profile, in seconds; what it leaves out is taken from the configuration. */
export interface ProfileTimeouts {
  readonly run?: number;
  readonly silence?: number;
  readonly cancel_grace?: number;
}

/** The timeouts of a run: the profile's own (overrides included), then those of the configuration. */
export function runTimeouts(configured: RunTimeouts, profile: ProfileTimeouts): RunTimeouts {
  return {
    runMs: profile.run === undefined ? configured.runMs : toMs(profile.run),
    silenceMs: profile.silence === undefined ? configured.silenceMs : toMs(profile.silence),
    cancelGraceMs: profile.cancel_grace === undefined ? configured.cancelGraceMs : toMs(profile.cancel_grace),
  };
}

export function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
