import type { BatchLimits, HostConfig } from '../config/config.ts';
import type { Problem } from '../errors.ts';
import type { LaneName, RunId } from '../ids.ts';
import type { GpuRoom } from '../models/gpu-room.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import { batchRules } from './batch-rules.ts';
import {
  type Forecast,
  type ForecastGroup,
  type ForecastLane,
  FREE_NOW,
  forecastGroups,
  forecastsOf,
  type GroupOf,
} from './forecast.ts';
import { estimateRun } from './run-estimate.ts';
import { groupOf } from './together.ts';

/** How long a look holds while nothing changes, ms: time goes on, and a driver may have been killed. */
const HOLDS_MS = 250;

/** Who has paused the queue, and when. */
export interface Pause {
  readonly byName: string;
  readonly at: UtcMs;
}

/** All that waits and runs at one moment, and when what waits will start. */
export interface QueueLook {
  /** In the order in which they will be claimed. */
  readonly queued: readonly Run[];
  readonly active: readonly Run[];
  readonly lanes: readonly ForecastLane[];
  readonly groups: readonly ForecastGroup[];
  readonly forecasts: ReadonlyMap<RunId, Forecast>;
  readonly paused: Pause | undefined;
}

export interface QueueLooksParts {
  readonly store: Store;
  readonly profiles: StoredProfiles;
  readonly hosts: readonly HostConfig[];
  readonly clock: Clock;
  /** Whether a living process drives the lane. */
  readonly isDriven: (lane: LaneName) => boolean;
  readonly batch?: BatchLimits;
  readonly ownProfiles?: (host: HostConfig) => ReadonlyMap<string, Profile>;
  /** Which lanes take which models now. */
  readonly room: () => GpuRoom;
}

/** Looks at the whole queue: one serves all who ask at the same moment, since each waiting run has a card of its own. */
export class QueueLooks {
  readonly #parts: QueueLooksParts;
  #kept: { readonly look: QueueLook; readonly of: string; readonly at: UtcMs } | undefined;

  constructor(parts: QueueLooksParts) {
    this.#parts = parts;
  }

  present(): QueueLook {
    const { store, clock } = this.#parts;
    const of = store.changes();
    const now = clock.now();
    const kept = this.#kept;
    const age = kept === undefined ? HOLDS_MS : now - kept.at;
    if (kept !== undefined && kept.of === of && age >= 0 && age < HOLDS_MS) return kept.look;
    const look = this.#look(false);
    // What a transaction has written may yet be undone.
    this.#kept = of === undefined ? undefined : { look, of, at: now };
    return look;
  }

  /** As if every lane that may take runs were driven. */
  allDriven(): QueueLook {
    return this.#look(true);
  }

  #look(isAnyDriver: boolean): QueueLook {
    const { store, hosts, isDriven: hasDriver } = this.#parts;
    const queued = store.runs.queued();
    const active = store.runs.active();
    const durations = new Map<string, TimeRange | undefined>();
    const durationOf = (run: Run): TimeRange | undefined => {
      const files = run.inputs.map(({ role, asset }) => [role, asset.facts]);
      const key = JSON.stringify([run.profileHash, run.parameters, files]);
      if (!durations.has(key)) durations.set(key, this.#duration(run));
      return durations.get(key);
    };
    const room = this.#parts.room();
    const lanes = hosts.flatMap((host) =>
      host.lanes.map(({ name }): ForecastLane => {
        const runs = active.filter(({ lane }) => lane === name);
        const { blocked, driver } = store.lanes.get(name);
        const isDriven = driver !== undefined && hasDriver(name);
        // A lane that nobody drives, or that is blocked, takes nothing: what waits goes to the others.
        const takesRuns = blocked === undefined && (isDriven || isAnyDriver);
        const left = runs.map((run) => this.#remaining(run, blocked, durationOf));
        const freeIn = runs.length === 0 ? FREE_NOW : isDriven ? longest(left) : undefined;
        if (!takesRuns) return { lane: name, profiles: [], freeIn };
        return { lane: name, profiles: room.takenBy(name), left: room.leftBy(name), freeIn };
      }),
    );
    const groups = forecastGroups(lanes, queued, durationOf, this.#groups());
    const forecasts = forecastsOf(groups);
    const paused = readPause(store);
    // Nobody knows when somebody will resume.
    if (paused !== undefined)
      for (const [id, { startsIn: _, smallLanes: __, ...rest }] of forecasts) forecasts.set(id, rest);
    return { queued, active, lanes, groups, forecasts, paused };
  }

  /** As each lane puts runs together. */
  #groups(): GroupOf {
    const { store, profiles, hosts, batch: limits, ownProfiles: ownOf } = this.#parts;
    if (limits === undefined) return () => undefined;
    const rules = new Map(
      hosts.flatMap((host) => {
        const shared = batchRules({ store, profiles, limits, ownProfiles: ownOf?.(host) ?? new Map() });
        return host.lanes.filter(({ batch = true }) => batch).map(({ name }) => [name, shared] as const);
      }),
    );
    return (lane, head, waiting, idleLanes) => {
      const own = rules.get(lane);
      return own?.profileOf(head)?.profile.batch === undefined
        ? undefined
        : groupOf(head, waiting, own, idleLanes);
    };
  }

  /** Of an active run, from now on; unknown where it does not get on. */
  #remaining(
    run: Run,
    blocked: Problem | undefined,
    durationOf: (run: Run) => TimeRange | undefined,
  ): TimeRange | undefined {
    const { progress, startedAt, unreachableSince, problem } = run;
    if (blocked !== undefined || unreachableSince !== undefined || problem !== undefined) return undefined;
    const now = this.#parts.clock.now();
    if (progress?.remainingMs !== undefined) return later(progress.remainingMs, now - progress.updatedAt);
    const whole = durationOf(run);
    return whole && later(whole, now - (startedAt ?? now));
  }

  #duration(run: Run): TimeRange | undefined {
    const { store, profiles } = this.#parts;
    const profile = profiles.get(run.profileHash);
    return profile && estimateRun(store, profile, run);
  }
}

/** Undefined where the queue is not paused. */
export function readPause({ settings }: Pick<Store, 'settings'>): Pause | undefined {
  const text = settings.get('queue.paused');
  return text === undefined ? undefined : JSON.parse(text);
}

/** The last of several that end one after the other; unknown where one of them is. */
function longest(ranges: readonly (TimeRange | undefined)[]): TimeRange | undefined {
  let last: TimeRange = FREE_NOW;
  for (const range of ranges) {
    if (range === undefined) return undefined;
    last = { low: Math.max(last.low, range.low), high: Math.max(last.high, range.high) };
  }
  return last;
}

/** What is left of an estimate after `ms`. */
function later({ low, high }: TimeRange, ms: number): TimeRange {
  return { low: Math.max(0, low - ms), high: Math.max(0, high - ms) };
}
