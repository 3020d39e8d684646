import type { Problem } from '../errors.ts';
import type { HostName, LaneName, PrincipalId, ProfileId, PromptId, RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { TimeRange } from '../runs/run.ts';
import type { LaneDriver } from '../store/lanes.ts';

/** Runs of one person that come before a given run. */
export interface RunsBefore {
  readonly owner: PrincipalId;
  readonly ownerName: string;
  readonly count: number;
}

/** Where a waiting run stands among those that wait. */
export interface QueuePlace {
  /** From 1. */
  readonly place: number;
  readonly of: number;
  /** Time until it starts, ms; absent while unknown. */
  readonly startsIn?: TimeRange;
  /** Waiting and active runs that come before it, in order of first appearance. */
  readonly before: readonly RunsBefore[];
  /** True while the queue is paused: nothing starts. */
  readonly paused: boolean;
}

/** A waiting run as the queue lists it. */
export interface QueueEntry {
  /** From 1. */
  readonly place: number;
  readonly run: RunId;
  readonly promptId: PromptId;
  readonly promptName: string;
  readonly profileId: ProfileId;
  readonly owner: PrincipalId;
  readonly ownerName: string;
  /** Expected run time, ms; absent while unknown. */
  readonly duration?: TimeRange;
  readonly startsIn?: TimeRange;
}

/** The run that a lane executes now. */
interface LaneRun {
  readonly run: RunId;
  readonly promptName: string;
  readonly ownerName: string;
  readonly percent?: number;
  readonly remainingMs?: TimeRange;
}

export interface LaneStatusView {
  readonly lane: LaneName;
  readonly host: HostName;
  /** `undriven`: no process works this lane now. `blocked`: it cannot be proved free. */
  readonly state: 'idle' | 'running' | 'blocked' | 'undriven';
  /** Why it is blocked. */
  readonly problem?: Problem;
  readonly now?: LaneRun;
  /** The process that drives it. */
  readonly driver?: LaneDriver;
}

export interface GpuStatusView {
  readonly index: string;
  readonly name: string;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
  /** 0 to 100. */
  readonly utilisationPercent?: number;
  readonly temperatureCelsius?: number;
}

export interface HostStatusView {
  readonly host: HostName;
  /** `unknown`: nobody has asked it yet. */
  readonly state: 'reachable' | 'unreachable' | 'unknown';
  /** Since when it is unreachable. */
  readonly since?: UtcMs;
  readonly problem?: Problem;
  readonly gpus: readonly GpuStatusView[];
  readonly lanes: readonly LaneStatusView[];
}

/** Everything that `status` and `queue` show. */
export interface QueueView {
  readonly paused?: { readonly byName: string; readonly at: UtcMs };
  readonly hosts: readonly HostStatusView[];
  /** The first waiting runs, in the order in which they will start. */
  readonly waiting: readonly QueueEntry[];
  /** All waiting runs; at least `waiting.length`. */
  readonly waitingTotal: number;
  /** When the whole queue is worked off, if nothing is added. */
  readonly allDoneBy?: UtcMs;
}
