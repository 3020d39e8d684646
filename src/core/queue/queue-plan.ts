import type { BatchLimits } from '../config/config.ts';
import type { LaneName, ProfileId, RunId } from '../ids.ts';
import type { SmallLane } from '../models/gpu-memory.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { LeftOut } from './compose-batch.ts';
import type { ForecastGroup } from './forecast.ts';

/** Groups that a plan lists; the runs of the others are counted. */
const LISTED_GROUPS = 5;
/** Runs of which a group says why they are not in it. */
const LISTED_APART = 3;

/** A waiting run as a plan lists it. */
export interface PlannedRun {
  /** From 1. */
  readonly place: number;
  readonly run: RunId;
  readonly promptName: string;
  readonly ownerName: string;
}

/** Waiting runs that would share one load of their model, or one that would have its own. */
export interface PlannedGroup {
  readonly profileId: ProfileId;
  readonly runs: readonly PlannedRun[];
  /** The lane that is expected to take them. */
  readonly lane?: LaneName;
  readonly startsIn?: TimeRange;
  /** All of them, ms; absent while unknown. */
  readonly takes?: TimeRange;
  /** Lanes that would be free sooner and are too small for their model. */
  readonly smallLanes: readonly SmallLane[];
  /** Waiting runs behind the first that are not with it, and why. */
  readonly apart: readonly { readonly run: PlannedRun; readonly because: LeftOut }[];
}

/** What `queue plan` shows. */
export interface QueuePlan {
  readonly groups: readonly PlannedGroup[];
  readonly waitingTotal: number;
  /** Runs of groups that are not listed. */
  readonly more: number;
  readonly paused: boolean;
  /** Absent where each run has its own load. */
  readonly limits?: BatchLimits;
}

/** The groups of a forecast as people read them. `place`: of each waiting run, from 1. */
export function toPlan(
  groups: readonly ForecastGroup[],
  place: ReadonlyMap<RunId, number>,
  { paused, limits }: { paused: boolean; limits: BatchLimits | undefined },
): QueuePlan {
  const runs = new Map(groups.flatMap((group) => group.runs.map(({ run }) => [run.id, run] as const)));
  const planned = (run: Run): PlannedRun => ({
    place: place.get(run.id) ?? 0,
    run: run.id,
    promptName: run.promptName,
    ownerName: run.ownerName,
  });
  const listed = groups
    .slice(0, LISTED_GROUPS)
    .flatMap(({ runs: own, lane, startsIn, leftOut, smallLanes }): PlannedGroup[] => {
      const [first] = own;
      if (first === undefined) return [];
      const takes = own.at(-1)?.duration;
      const apart = leftOut.slice(0, LISTED_APART).flatMap(({ run: id, because }) => {
        const run = runs.get(id);
        return run === undefined ? [] : [{ run: planned(run), because }];
      });
      return [
        {
          profileId: first.run.profileId,
          runs: own.map(({ run }) => planned(run)),
          ...(lane !== undefined && { lane }),
          ...(startsIn && !paused && { startsIn }),
          ...(takes && { takes }),
          smallLanes,
          apart,
        },
      ];
    });
  const shown = listed.reduce((sum, group) => sum + group.runs.length, 0);
  return {
    groups: listed,
    waitingTotal: runs.size,
    more: runs.size - shown,
    paused,
    ...(limits !== undefined && { limits }),
  };
}
