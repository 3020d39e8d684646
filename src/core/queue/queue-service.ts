import type { Principal } from '../access/principal.ts';
import type { BatchLimits, HostConfig } from '../config/config.ts';
import type { Problem } from '../errors.ts';
import type { HostName, LaneName } from '../ids.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import { fenceHost, type HeldAttempt } from '../runner/fence-host.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import { videoShape } from '../runs/shape.ts';
import type { Store } from '../store/store.ts';
import { batchRules } from './batch-rules.ts';
import { chatViews } from './chat-views.ts';
import {
  allDoneIn,
  type ForecastLane,
  FREE_NOW,
  forecastGroups,
  forecastsOf,
  type GroupOf,
} from './forecast.ts';
import { hostView } from './host-view.ts';
import { type QueuePlan, toPlan } from './queue-plan.ts';
import type { QueueEntry, QueueOutlook, QueuePlace, QueueView, RunsBefore } from './queue-view.ts';
import { estimateRun, usualParameters } from './run-estimate.ts';
import { groupOf } from './together.ts';

/** Waiting runs that a view lists; the others are counted. */
const LISTED = 10;

interface Pause {
  readonly byName: string;
  readonly at: UtcMs;
}

/** What waits, what runs, and when; pausing and resuming. */
export class QueueService {
  readonly #store: Store;
  readonly #profiles: StoredProfiles;
  readonly #hosts: readonly HostConfig[];
  readonly #clock: Clock;
  readonly #isDriven: (lane: LaneName) => boolean;
  readonly #batch: BatchLimits | undefined;
  readonly #ownProfiles: (host: HostConfig) => ReadonlyMap<string, Profile>;
  readonly #chats: readonly string[];
  readonly #isServed: () => boolean;

  constructor(parts: {
    store: Store;
    profiles: StoredProfiles;
    hosts: readonly HostConfig[];
    clock: Clock;
    /** Whether a living process drives the lane: the row in the store outlives one that was killed. */
    isDriven: (lane: LaneName) => boolean;
    /** Within which bounds runs share a load of their model; absent where none do. */
    batch?: BatchLimits;
    /** Profiles that a host has of its own, where hosts differ. */
    ownProfiles?: (host: HostConfig) => ReadonlyMap<string, Profile>;
    /** Sections of the configured chats on servers. */
    chats: readonly string[];
    /** Whether a living process serves them. */
    isServed: () => boolean;
  }) {
    this.#store = parts.store;
    this.#batch = parts.batch;
    this.#ownProfiles = parts.ownProfiles ?? (() => new Map());
    this.#profiles = parts.profiles;
    this.#hosts = parts.hosts;
    this.#clock = parts.clock;
    this.#isDriven = parts.isDriven;
    this.#chats = parts.chats;
    this.#isServed = parts.isServed;
  }

  /** Nothing more starts; what runs goes on. False where it was paused already. */
  pause(actor: Principal): boolean {
    return this.#store.write(() => {
      if (this.#pause() !== undefined) return false;
      const pause: Pause = { byName: actor.name, at: this.#clock.now() };
      this.#store.settings.set('queue.paused', JSON.stringify(pause));
      this.#store.events.append({ type: 'queue.paused', payload: {} }, { actor: actor.id });
      return true;
    });
  }

  /** False where it was not paused. */
  resume(actor: Principal): boolean {
    return this.#store.write(() => {
      if (this.#pause() === undefined) return false;
      this.#store.settings.remove('queue.paused');
      this.#store.events.append({ type: 'queue.resumed', payload: {} }, { actor: actor.id });
      return true;
    });
  }

  /** Gives a host up, with all its lanes: `fenceHost`. */
  fence(actor: Principal, host: HostName): HeldAttempt[] {
    const configured = this.#hosts.find(({ name }) => name === host)?.lanes.map(({ name }) => name) ?? [];
    return fenceHost({ store: this.#store, clock: this.#clock }, { host, configured, by: actor });
  }

  view(): QueueView {
    const { queued, forecasts, lanes, active, paused } = this.#look();
    const waiting = queued.slice(0, LISTED).map(
      (run, index): QueueEntry => ({
        place: index + 1,
        run: run.id,
        promptId: run.promptId,
        promptName: run.promptName,
        profileId: run.profileId,
        owner: run.owner,
        ownerName: run.ownerName,
        ...forecasts.get(run.id),
      }),
    );
    const doneIn = paused === undefined ? allDoneIn(queued, forecasts, lanes) : undefined;
    return {
      hosts: this.#hosts.map((host) =>
        hostView(host, { store: this.#store, isDriven: this.#isDriven, active, now: this.#clock.now() }),
      ),
      chats: chatViews(this.#chats, this.#isServed, this.#store),
      waiting,
      waitingTotal: queued.length,
      ...(paused && { paused }),
      ...(doneIn !== undefined && { allDoneBy: this.#clock.now() + doneIn }),
    };
  }

  /** Where a queued run stands; undefined for any other. */
  place(run: Run): QueuePlace | undefined {
    const { queued, forecasts, active, paused } = this.#look();
    const index = queued.findIndex(({ id }) => id === run.id);
    if (index < 0) return undefined;
    const startsIn = forecasts.get(run.id)?.startsIn;
    return {
      place: index + 1,
      of: queued.length,
      before: countByOwner([...active, ...queued.slice(0, index)]),
      paused: paused !== undefined,
      ...this.#blockedFor(run),
      ...(startsIn && { startsIn }),
    };
  }

  /** Why no lane takes the run, where all that could are blocked. */
  #blockedFor({ profileId }: Run): Pick<QueuePlace, 'problem'> {
    const lanes = this.#hosts
      .filter(({ models }) => models.includes(profileId))
      .flatMap((host) => host.lanes.map(({ name }) => name));
    const problems = lanes.map((lane) => this.#store.lanes.get(lane).blocked);
    const [problem] = problems;
    return problem !== undefined && !problems.includes(undefined) ? { problem } : {};
  }

  /** Whether a living process drives the lane of an active run, or one that takes a waiting run. */
  isAttended(run: Run): boolean {
    const lanes =
      run.lane === undefined
        ? this.#hosts
            .filter(({ models }) => models.includes(run.profileId))
            .flatMap((host) => host.lanes.map(({ name }) => name))
        : [run.lane];
    return lanes.some((lane) => this.#isDriven(lane));
  }

  /** Expected time of a run, with the profile's defaults where no parameters are given, ms; undefined where nothing tells. */
  expected(
    profile: Profile,
    inputs: Run['inputs'],
    parameters: Run['parameters'] = usualParameters(profile),
  ): TimeRange | undefined {
    return estimateRun(this.#store, profile, { inputs, parameters });
  }

  /** What is known of all waiting runs, at one look. */
  outlook(): QueueOutlook {
    const { forecasts, paused } = this.#look();
    return { forecasts, isPaused: paused !== undefined, problemOf: (run) => this.#blockedFor(run).problem };
  }

  /** Which waiting runs would start together as things stand, on any lane that may take runs, and what keeps others apart. */
  plan(): QueuePlan {
    const { queued, groups, paused } = this.#look({ isAnyDriver: true });
    const place = new Map(queued.map(({ id }, index) => [id, index + 1]));
    return toPlan(groups, place, { paused: paused !== undefined, limits: this.#batch });
  }

  #look({ isAnyDriver } = { isAnyDriver: false }) {
    const queued = this.#store.runs.queued();
    const active = this.#store.runs.active();
    const durations = new Map<string, TimeRange | undefined>();
    const durationOf = (run: Run): TimeRange | undefined => {
      const key = JSON.stringify([run.profileHash, run.parameters, videoShape(run.inputs)]);
      if (!durations.has(key)) durations.set(key, this.#duration(run));
      return durations.get(key);
    };
    const lanes = this.#hosts.flatMap((host) =>
      host.lanes.map(({ name }): ForecastLane => {
        const runs = active.filter(({ lane }) => lane === name);
        const { blocked, driver } = this.#store.lanes.get(name);
        const isDriven = driver !== undefined && this.#isDriven(name);
        // A lane that nobody drives, or that is blocked, takes nothing: what waits goes to the others.
        const takesRuns = blocked === undefined && (isDriven || isAnyDriver);
        const left = runs.map((run) => this.#remaining(run, blocked, durationOf));
        const freeIn = runs.length === 0 ? FREE_NOW : isDriven ? longest(left) : undefined;
        return { lane: name, profiles: takesRuns ? host.models : [], freeIn };
      }),
    );
    const groups = forecastGroups(lanes, queued, durationOf, this.#groups());
    const forecasts = forecastsOf(groups);
    const paused = this.#pause();
    // Nobody knows when somebody will resume.
    if (paused !== undefined) for (const [id, { startsIn: _, ...rest }] of forecasts) forecasts.set(id, rest);
    return { queued, active, lanes, groups, forecasts, paused };
  }

  /** As each lane puts runs together. */
  #groups(): GroupOf {
    const limits = this.#batch;
    if (limits === undefined) return () => undefined;
    const rules = new Map(
      this.#hosts.flatMap((host) => {
        const ownProfiles = this.#ownProfiles(host);
        const shared = batchRules({ store: this.#store, profiles: this.#profiles, limits, ownProfiles });
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
    const now = this.#clock.now();
    if (progress?.remainingMs !== undefined) return later(progress.remainingMs, now - progress.updatedAt);
    const whole = durationOf(run);
    return whole && later(whole, now - (startedAt ?? now));
  }

  #duration(run: Run): TimeRange | undefined {
    const profile = this.#profiles.get(run.profileHash);
    return profile && estimateRun(this.#store, profile, run);
  }

  #pause(): Pause | undefined {
    const text = this.#store.settings.get('queue.paused');
    return text === undefined ? undefined : JSON.parse(text);
  }
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

function countByOwner(runs: readonly Run[]): RunsBefore[] {
  const counts = new Map<string, RunsBefore>();
  for (const { owner, ownerName } of runs) {
    counts.set(owner, { owner, ownerName, count: (counts.get(owner)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
