import type { Principal } from '../access/principal.ts';
import type { AttemptId, HostName, LaneName, RunId } from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { RunStage } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import { type Attempt, openRuns } from './attempt.ts';

/** A run of an attempt that has not ended on a host. */
export interface HeldAttempt {
  readonly attempt: AttemptId;
  readonly lane: LaneName;
  readonly run: RunId;
  readonly promptName: string;
  readonly ownerName: string;
  readonly stage?: RunStage;
  readonly percent?: number;
  /** Since when the lane is busy with it. */
  readonly since: UtcMs;
  /** When it last told something, as far as that is stored. */
  readonly lastContactAt: UtcMs;
  /** Somebody has asked for its end. */
  readonly isCancelled: boolean;
}

/** What a host holds, on lanes that are not configured any more too. */
export function heldOn(store: Store, host: HostName): HeldAttempt[] {
  return openOn(store, host).flatMap((attempt) =>
    openRuns(attempt).flatMap((id): HeldAttempt[] => {
      const run = store.runs.get(id);
      if (run === undefined) return [];
      const { progress, unreachableSince, stage } = run;
      const since = attempt.claimedAt;
      return [
        {
          ...{ attempt: attempt.id, lane: attempt.lane, run: run.id },
          ...{ promptName: run.promptName, ownerName: run.ownerName, since },
          ...(stage && { stage }),
          ...(progress?.percent !== undefined && { percent: progress.percent }),
          lastContactAt:
            unreachableSince ?? Math.max(since, attempt.startingAt ?? since, progress?.updatedAt ?? since),
          isCancelled: run.cancel !== undefined,
        },
      ];
    }),
  );
}

/** Names of hosts that hold attempts, configured or not. */
export function holdingHosts(store: Store): HostName[] {
  return [...new Set(store.attempts.allOpen().map(({ lane }) => hostOf(lane)))];
}

/**
 * Gives a host up: ends its attempts, in one transaction, and closes its lanes (`configured` and those that held
 * something) until the host answers and nothing of them is alive there. A run that was to be cancelled is cancelled,
 * any other is `lost`. Whoever drives such a lane sees it and leaves the attempt off. Returns what has ended.
 */
export function fenceHost(
  { store, clock }: { store: Store; clock: Clock },
  { host, configured, by }: { host: HostName; configured: readonly LaneName[]; by: Principal },
): HeldAttempt[] {
  return store.write(() => {
    const held = heldOn(store, host);
    const problem = { code: 'engine.host_fenced', parameters: { host, by: by.name } } as const;
    const cancelled = held.filter(({ isCancelled }) => isCancelled);
    const items = new Map(
      cancelled.map(({ run }) => [run, { outcome: 'cancelled', problem, outputs: [] } as const]),
    );
    for (const attempt of openOn(store, host)) {
      const isWanted = openRuns(attempt).some((run) => !items.has(run));
      const outcome = isWanted ? 'lost' : 'cancelled';
      store.attempts.end(attempt, { outcome, problem, outputs: [], items }, by.id);
    }
    const lanes = [...new Set([...configured, ...held.map(({ lane }) => lane)])];
    for (const lane of lanes) {
      const fence = {
        code: 'queue.lane_fenced',
        parameters: { lane, host, by: by.name, at: clock.now() },
      } as const;
      store.lanes.ensure(lane);
      store.lanes.setBlocked(lane, fence);
      store.events.append({ type: 'lane.blocked', payload: { lane, problem: fence } }, { actor: by.id });
    }
    store.events.append({ type: 'host.fenced', payload: { host, lanes } }, { actor: by.id });
    return held;
  });
}

function openOn(store: Store, host: HostName): Attempt[] {
  return store.attempts.allOpen().filter(({ lane }) => hostOf(lane) === host);
}

function hostOf(lane: LaneName): HostName {
  return lane.slice(0, lane.indexOf('/')) as HostName;
}
