import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Problem } from '../../core/errors.ts';
import type { SmallLane } from '../../core/models/gpu-memory.ts';
import type { QueueOutlook } from '../../core/queue/queue-view.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import { isFinished, type Run, type TimeRange } from '../../core/runs/run.ts';
import { runLabel } from './run-label.ts';
import type { Notified } from './views.ts';

/** One run in the table of its request. */
export interface RequestRow {
  readonly run: Run;
  /** What tells it from the others. */
  readonly label: string;
  /** While it is queued, ms; absent while unknown. */
  readonly startsIn?: TimeRange;
  readonly stageTitle?: string;
  /** It is active, and no process drives its lane: what is known of it is old. */
  readonly unattended?: boolean;
}

/** A request with many runs, and where each of them stands. */
export interface RequestView {
  readonly request: RunRequest;
  readonly rows: readonly RequestRow[];
  /** How many `retry` would run again. */
  readonly retryable: number;
  /** Until all have ended, ms; absent while unknown. */
  readonly left?: TimeRange;
  /** Nothing starts: somebody has paused the queue. */
  readonly isPaused: boolean;
  /** Why the next of its runs is taken by no lane. */
  readonly problem?: Problem;
  /** Lanes that would be free sooner for it, and are too small. */
  readonly smallLanes?: readonly SmallLane[];
  readonly notify?: Notified | string;
  /** Where the picture is that has all of its results. */
  readonly sheet?: string;
}

export function requestView(api: CosmosApi, request: RunRequest): RequestView {
  const runs = api.requests.runsOf(request);
  const { forecasts, isPaused, problemOf } = api.requests.outlook();
  const next = runs.find(({ state }) => state === 'queued');
  const problem = next && problemOf(next);
  const smallLanes = next && forecasts.get(next.id)?.smallLanes;
  const left = isPaused ? undefined : timeLeft(runs, forecasts);
  return {
    request,
    rows: runs.map((run) => row(api, request, run, forecasts)),
    retryable: api.requests.toRetry(runs).length,
    isPaused,
    ...(left && { left }),
    ...(problem && { problem }),
    ...(smallLanes && { smallLanes }),
  };
}

type Forecasts = QueueOutlook['forecasts'];

function row(api: CosmosApi, { varied }: RunRequest, run: Run, forecasts: Forecasts): RequestRow {
  const startsIn = forecasts.get(run.id)?.startsIn;
  const stages = run.state === 'active' ? (api.profileOf(run)?.progress.stages ?? []) : [];
  const stage = stages.find(({ key }) => key === run.progress?.modelStage);
  return {
    run,
    label: runLabel(varied, run),
    ...(startsIn && { startsIn }),
    ...(stage && { stageTitle: stage.title }),
    ...(run.state === 'active' && !api.isAttended(run) && { unattended: true }),
  };
}

/** Until the last one has ended; undefined where one of them cannot be estimated. */
function timeLeft(runs: readonly Run[], forecasts: Forecasts): TimeRange | undefined {
  let last: TimeRange | undefined;
  for (const run of runs) {
    if (isFinished(run.state)) continue;
    const left = run.state === 'active' ? activeLeft(run) : waitingLeft(forecasts.get(run.id));
    if (left === undefined) return undefined;
    last = { low: Math.max(last?.low ?? 0, left.low), high: Math.max(last?.high ?? 0, left.high) };
  }
  return last;
}

function activeLeft({ progress, unreachableSince, problem }: Run): TimeRange | undefined {
  return unreachableSince === undefined && problem === undefined ? progress?.remainingMs : undefined;
}

function waitingLeft(forecast: ReturnType<Forecasts['get']>): TimeRange | undefined {
  const { startsIn, duration } = forecast ?? {};
  if (startsIn === undefined || duration === undefined) return undefined;
  return { low: startsIn.low + duration.low, high: startsIn.high + duration.high };
}
