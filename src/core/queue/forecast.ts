import type { LaneName, RunId } from '../ids.ts';
import type { Run, TimeRange } from '../runs/run.ts';

/** A lane as the forecast sees it. */
export interface ForecastLane {
  readonly lane: LaneName;
  /** Ids of the profiles that it executes. */
  readonly profiles: readonly string[];
  /** Until it is free, ms; undefined while unknown. */
  readonly freeIn: TimeRange | undefined;
}

export interface Forecast {
  /** Until the run starts, ms; absent where something before it cannot be estimated. */
  readonly startsIn?: TimeRange;
  readonly duration?: TimeRange;
}

export const FREE_NOW: TimeRange = { low: 0, high: 0 };

/**
 * When each queued run will start: every run goes to the lane that is free first, in the order of the queue, as the
 * lanes themselves will take them. An unknown duration makes unknown what comes after it on that lane.
 */
export function forecast(
  lanes: readonly ForecastLane[],
  queued: readonly Run[],
  durationOf: (run: Run) => TimeRange | undefined,
): Map<RunId, Forecast> {
  const free = new Map(lanes.map(({ lane, freeIn }) => [lane, freeIn]));
  const result = new Map<RunId, Forecast>();
  for (const run of queued) {
    const candidates = lanes.filter(({ profiles }) => profiles.includes(run.profileId));
    const known = candidates.filter(({ lane }) => free.get(lane) !== undefined);
    // A lane of unknown length may well be free before the others: then nothing honest can be said.
    const all = known.length === candidates.length;
    const [soonest] = known.toSorted((a, b) => (free.get(a.lane)?.low ?? 0) - (free.get(b.lane)?.low ?? 0));
    const startsIn = all && soonest ? free.get(soonest.lane) : undefined;
    const duration = durationOf(run);
    result.set(run.id, { ...(startsIn && { startsIn }), ...(duration && { duration }) });
    const lane = soonest?.lane ?? candidates[0]?.lane;
    if (lane !== undefined) free.set(lane, startsIn && duration ? add(startsIn, duration) : undefined);
  }
  return result;
}

function add(a: TimeRange, b: TimeRange): TimeRange {
  return { low: a.low + b.low, high: a.high + b.high };
}
