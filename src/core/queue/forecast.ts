import type { LaneName, RunId } from '../ids.ts';
import type { SmallLane } from '../models/gpu-memory.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { Group } from './together.ts';

/** A lane as the forecast sees it. */
export interface ForecastLane {
  readonly lane: LaneName;
  /** Ids of the profiles of which it takes runs. */
  readonly profiles: readonly string[];
  /** Those of its host that it leaves to lanes with larger GPUs. */
  readonly left?: ReadonlyMap<string, SmallLane>;
  /** Until it is free, ms; undefined while unknown. */
  readonly freeIn: TimeRange | undefined;
}

export interface Forecast {
  /** Until the run starts, ms; absent where something before it cannot be estimated. */
  readonly startsIn?: TimeRange;
  /** From its start until its result. */
  readonly duration?: TimeRange;
  /** Lanes that would be free sooner and are too small for it; absent where there are none. */
  readonly smallLanes?: readonly SmallLane[];
}

/** Waiting runs that start together, on the lane where that is known. */
export interface ForecastGroup extends Group {
  readonly lane?: LaneName;
  readonly startsIn?: TimeRange;
  /** Lanes that would be free sooner and are too small for its model. */
  readonly smallLanes: readonly SmallLane[];
}

/** What a lane takes with the head of what still waits, where `idleLanes` others could take some of it at once. */
export type GroupOf = (
  lane: LaneName,
  head: Run,
  waiting: readonly Run[],
  idleLanes: number,
) => Group | undefined;

export const FREE_NOW: TimeRange = { low: 0, high: 0 };

/**
 * When each queued run will start: every run goes to the lane that is free first, in the order of the queue, with what
 * shares its load there, as the lanes themselves will take them. An unknown duration makes unknown what comes after it
 * on that lane. `groupOf` tells what a lane takes with the head of what still waits; nothing else where it is not given.
 */
export function forecast(
  lanes: readonly ForecastLane[],
  queued: readonly Run[],
  durationOf: (run: Run) => TimeRange | undefined,
  groupOf: GroupOf = () => undefined,
): Map<RunId, Forecast> {
  return forecastsOf(forecastGroups(lanes, queued, durationOf, groupOf));
}

/** When each run of these groups will start. */
export function forecastsOf(groups: readonly ForecastGroup[]): Map<RunId, Forecast> {
  const result = new Map<RunId, Forecast>();
  for (const { runs, startsIn, smallLanes } of groups) {
    for (const { run, duration } of runs) {
      result.set(run.id, {
        ...(startsIn && { startsIn }),
        ...(duration && { duration }),
        ...(smallLanes.length > 0 && { smallLanes }),
      });
    }
  }
  return result;
}

/** The same, as the groups in which they start, in the order in which they are taken. */
export function forecastGroups(
  lanes: readonly ForecastLane[],
  queued: readonly Run[],
  durationOf: (run: Run) => TimeRange | undefined,
  groupOf: GroupOf,
): ForecastGroup[] {
  const free = new Map(lanes.map(({ lane, freeIn }) => [lane, freeIn]));
  const taken = new Set<RunId>();
  const groups: ForecastGroup[] = [];
  for (const [index, head] of queued.entries()) {
    if (taken.has(head.id)) continue;
    const candidates = lanes.filter(({ profiles }) => profiles.includes(head.profileId));
    const known = candidates.filter(({ lane }) => free.get(lane) !== undefined);
    // A lane of unknown length may well be free before the others: then nothing honest can be said.
    const all = known.length === candidates.length;
    const [soonest] = known.toSorted((a, b) => (free.get(a.lane)?.low ?? 0) - (free.get(b.lane)?.low ?? 0));
    const startsIn = all && soonest ? free.get(soonest.lane) : undefined;
    const chosen = soonest ?? candidates[0];
    const idle = known.filter(({ lane }) => lane !== chosen?.lane && free.get(lane)?.high === 0).length;
    const group =
      (chosen && groupOf(chosen.lane, head, waitingFor(chosen, queued, index, taken), idle)) ??
      single(head, durationOf(head));
    const smallLanes = soonerLanes(lanes, head.profileId, free, startsIn);
    for (const { run } of group.runs) taken.add(run.id);
    const last = group.runs.at(-1)?.duration;
    if (chosen !== undefined) free.set(chosen.lane, startsIn && last ? add(startsIn, last) : undefined);
    groups.push({
      ...group,
      ...(chosen && { lane: chosen.lane }),
      ...(startsIn && { startsIn }),
      smallLanes,
    });
  }
  return groups;
}

/** When the last of all will have ended, ms from now; undefined while that of one is unknown, or nothing is to be done. */
export function allDoneIn(
  queued: readonly Run[],
  forecasts: ReadonlyMap<RunId, Forecast>,
  lanes: readonly ForecastLane[],
): number | undefined {
  let latest = 0;
  for (const { freeIn } of lanes) {
    if (freeIn === undefined) return undefined;
    latest = Math.max(latest, freeIn.high);
  }
  for (const run of queued) {
    const { startsIn, duration } = forecasts.get(run.id) ?? {};
    if (startsIn === undefined || duration === undefined) return undefined;
    latest = Math.max(latest, startsIn.high + duration.high);
  }
  return latest === 0 ? undefined : latest;
}

/** Lanes that leave a model to larger ones, and are free for certain before one of those is; now, where nobody knows that. */
function soonerLanes(
  lanes: readonly ForecastLane[],
  profile: string,
  free: ReadonlyMap<LaneName, TimeRange | undefined>,
  startsIn: TimeRange | undefined,
): readonly SmallLane[] {
  return lanes.flatMap(({ lane, left }) => {
    const small = left?.get(profile);
    const from = free.get(lane);
    if (small === undefined || from === undefined) return [];
    const isSooner =
      startsIn === undefined ? from.high === 0 : from.high < startsIn.high && from.low <= startsIn.low;
    return isSooner ? [small] : [];
  });
}

function waitingFor(
  { profiles }: ForecastLane,
  queued: readonly Run[],
  from: number,
  taken: ReadonlySet<RunId>,
): readonly Run[] {
  return queued.slice(from).filter(({ id, profileId }) => !taken.has(id) && profiles.includes(profileId));
}

function single(run: Run, duration: TimeRange | undefined): Group {
  return { runs: [{ run, ...(duration && { duration }) }], leftOut: [] };
}

function add(a: TimeRange, b: TimeRange): TimeRange {
  return { low: a.low + b.low, high: a.high + b.high };
}
