import type { TimeRange } from '../runs/run.ts';
import { computedFrames } from './chunks.ts';
import type { Profile } from './profile.ts';

/** What the time of a run depends on. */
export interface RunWork {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** 1 where the model has no steps. */
  readonly steps?: number;
}

/** A finished run, timed by the host. */
export interface LearnedRun extends RunWork {
  readonly ms: number;
}

/** From this many runs on, the extremes are left out. */
const MANY = 5;
/** Older runs say little about today's machine. */
const MOST = 50;
/** By how much an estimate is widened, each way: for few runs, for another size of work, for somebody else's GPU. */
const SPREAD = { many: 1.05, few: 1.2, scaled: 1.25, seed: 1.6 } as const;

/**
 * How long a run will take on the lane, ms: from runs of the same amount of work, else scaled from other runs of the
 * profile, else from its seeds; undefined where there is neither. `history` is newest first.
 */
export function estimateRunMs(
  profile: Profile,
  work: RunWork,
  history: readonly LearnedRun[],
): TimeRange | undefined {
  const amount = workAmount(profile, work);
  const learned = history.filter(({ ms }) => ms > 0);
  const same = learned.filter((run) => workAmount(profile, run) === amount).slice(0, MOST);
  if (same.length > 0) {
    return range(
      same.map(({ ms }) => ms),
      same.length < MANY ? SPREAD.few : SPREAD.many,
    );
  }
  const scaled = learned.slice(0, MOST).map((run) => (run.ms * amount) / workAmount(profile, run));
  if (scaled.length > 0) return range(scaled, SPREAD.scaled);

  const seeds = profile.timing.samples.map((sample) => {
    const ratio = amount / workAmount(profile, sample);
    return { ms: sample.seconds * 1000 * ratio, distance: Math.abs(Math.log(ratio)) };
  });
  const [nearest] = seeds.toSorted((a, b) => a.distance - b.distance);
  return nearest && range([nearest.ms], SPREAD.seed);
}

/** Proportional to the time that a model needs. */
function workAmount(profile: Profile, work: RunWork): number {
  const { growth, scales_with: grown } = profile.timing;
  const factors = {
    frames: computedFrames(profile, work.frames) ** growth,
    pixels: (work.width * work.height) ** growth,
    steps: work.steps ?? 1,
  };
  return grown.reduce((product, factor) => product * Math.max(1, factors[factor]), 1);
}

/** From the 20th to the 80th percentile, or between the extremes of a few. */
function range(times: readonly number[], spread: number): TimeRange {
  const sorted = times.toSorted((a, b) => a - b);
  const [from, to] = sorted.length < MANY ? [0, 1] : [0.2, 0.8];
  return { low: Math.round(at(sorted, from) / spread), high: Math.round(at(sorted, to) * spread) };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
