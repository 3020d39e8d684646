import type { Problem } from '../errors.ts';
import type { HostName, LaneName, PrincipalId, ProfileId, PromptId, RunId } from '../ids.ts';
import type { SmallLane } from '../models/gpu-memory.ts';
import type { ChatConnection } from '../ports/chat.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { HostFacts } from '../ports/host.ts';
import type { Run, RunStage, RunTransfer, TimeRange } from '../runs/run.ts';
import type { LaneDriver } from '../store/lanes.ts';
import type { Forecast } from './forecast.ts';

/** Runs of one person that come before a given run, or run while it waits. */
export interface RunsOfOwner {
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
  /** Waiting runs that come before it, `place - 1` in all, in order of first appearance. */
  readonly before: readonly RunsOfOwner[];
  /** Runs that are active now, on any lane. */
  readonly running: readonly RunsOfOwner[];
  /** True while the queue is paused: nothing starts. */
  readonly paused: boolean;
  /** Why no lane takes it, where every lane that could is blocked. */
  readonly problem?: Problem;
  /** Lanes that would be free sooner and are too small for it. */
  readonly smallLanes?: readonly SmallLane[];
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
  /** Lanes that would be free sooner and are too small for it. */
  readonly smallLanes?: readonly SmallLane[];
}

/** The run that a lane executes now: of several at one load of a model, the one at work. */
interface LaneRun {
  readonly run: RunId;
  /** Further runs of its job that have no result yet. */
  readonly others?: number;
  readonly promptName: string;
  readonly ownerName: string;
  readonly percent?: number;
  readonly remainingMs?: TimeRange;
  /** Of its inputs or its outputs, while they are moved. */
  readonly transfer?: RunTransfer & { readonly stage: RunStage };
}

export interface LaneStatusView {
  readonly lane: LaneName;
  readonly host: HostName;
  /** The GPUs that its runs get. */
  readonly gpus: readonly string[];
  /** `undriven`: no process works this lane now. `blocked`: it cannot be proved free. */
  readonly state: 'idle' | 'running' | 'blocked' | 'undriven';
  /** Why it is blocked. */
  readonly problem?: Problem;
  readonly now?: LaneRun;
  /** The process that drives it. */
  readonly driver?: LaneDriver;
}

export interface HostStatusView {
  readonly host: HostName;
  /**
   * As far as anybody knows: what its runs last heard of it, else the last reading. `unknown`: nobody has asked it yet.
   * A host that cannot be used for another reason is `reachable`, with that `problem`.
   */
  readonly state: 'reachable' | 'unreachable' | 'unknown';
  /** Since when it is unreachable, or has its problem. */
  readonly since?: UtcMs;
  readonly problem?: Problem;
  /** When it was asked last how it is; absent where it never was. */
  readonly askedAt?: UtcMs;
  /** False where that is too long ago to say how it is now. */
  readonly isCurrent: boolean;
  /** True for this machine without GPUs and containers: there is nothing to ask. */
  readonly isLocal: boolean;
  /** How it was when it last answered. */
  readonly facts?: HostStatusFacts;
  readonly lanes: readonly LaneStatusView[];
}

/** A configured chat on a server. */
export interface ChatStatusView extends Pick<ChatConnection, 'detail'> {
  /** Name of its section in the configuration. */
  readonly chat: string;
  /** `unserved`: no process serves it now. */
  readonly state: ChatConnection['state'] | 'unserved';
  readonly since?: UtcMs;
}

/** What a host has answered. */
export interface HostStatusFacts extends Pick<HostFacts, 'gpus' | 'diskFreeBytes'> {
  readonly answeredAt: UtcMs;
  /** Version of what starts its containers; absent where jobs are plain processes. */
  readonly engineVersion?: string;
}

/** Everything that `status` and `queue` show. */
export interface QueueView {
  readonly paused?: { readonly byName: string; readonly at: UtcMs };
  readonly hosts: readonly HostStatusView[];
  readonly chats: readonly ChatStatusView[];
  /** The first waiting runs, in the order in which they will start. */
  readonly waiting: readonly QueueEntry[];
  /** All waiting runs; at least `waiting.length`. */
  readonly waitingTotal: number;
  /** When the whole queue is worked off, if nothing is added. */
  readonly allDoneBy?: UtcMs;
}

/** What is known of all waiting runs, at one look. */
export interface QueueOutlook {
  /** When each waiting run will start, and what it takes. */
  readonly forecasts: ReadonlyMap<RunId, Forecast>;
  readonly isPaused: boolean;
  /** Why no lane takes a run, where all that could are blocked. */
  readonly problemOf: (run: Run) => Problem | undefined;
}
