import type { Principal } from '../access/principal.ts';
import type { BatchLimits, HostConfig } from '../config/config.ts';
import type { HostName, LaneName } from '../ids.ts';
import type { GpuRoom } from '../models/gpu-room.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Clock } from '../ports/clock.ts';
import { fenceHost, type HeldAttempt } from '../runner/fence-host.ts';
import type { Run, TimeRange } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import { chatViews } from './chat-views.ts';
import { allDoneIn } from './forecast.ts';
import { hostView } from './host-view.ts';
import { type Pause, QueueLooks, readPause } from './queue-looks.ts';
import { type QueuePlan, toPlan } from './queue-plan.ts';
import type { QueueEntry, QueueOutlook, QueuePlace, QueueView, RunsOfOwner } from './queue-view.ts';
import { estimateRun, usualParameters } from './run-estimate.ts';

/** Waiting runs that a view lists; the others are counted. */
const LISTED = 10;

/** What waits, what runs, and when; pausing and resuming. */
export class QueueService {
  readonly #store: Store;
  readonly #hosts: readonly HostConfig[];
  readonly #clock: Clock;
  readonly #isDriven: (lane: LaneName) => boolean;
  readonly #batch: BatchLimits | undefined;
  readonly #looks: QueueLooks;
  readonly #chats: readonly string[];
  readonly #isServed: () => boolean;
  readonly #room: () => GpuRoom;

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
    /** Which lanes take which models now, as the memory of their GPUs is known. */
    room: () => GpuRoom;
    /** Sections of the configured chats on servers. */
    chats: readonly string[];
    /** Whether a living process serves them. */
    isServed: () => boolean;
  }) {
    this.#store = parts.store;
    this.#batch = parts.batch;
    this.#looks = new QueueLooks(parts);
    this.#hosts = parts.hosts;
    this.#clock = parts.clock;
    this.#isDriven = parts.isDriven;
    this.#chats = parts.chats;
    this.#isServed = parts.isServed;
    this.#room = parts.room;
  }

  /** Nothing more starts; what runs goes on. False where it was paused already. */
  pause(actor: Principal): boolean {
    return this.#store.write(() => {
      if (readPause(this.#store) !== undefined) return false;
      const pause: Pause = { byName: actor.name, at: this.#clock.now() };
      this.#store.settings.set('queue.paused', JSON.stringify(pause));
      this.#store.events.append({ type: 'queue.paused', payload: {} }, { actor: actor.id });
      return true;
    });
  }

  /** False where it was not paused. */
  resume(actor: Principal): boolean {
    return this.#store.write(() => {
      if (readPause(this.#store) === undefined) return false;
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
    const { queued, forecasts, lanes, active, paused } = this.#looks.present();
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
    const { queued, forecasts, active, paused } = this.#looks.present();
    const index = queued.findIndex(({ id }) => id === run.id);
    if (index < 0) return undefined;
    const { startsIn, smallLanes } = forecasts.get(run.id) ?? {};
    return {
      place: index + 1,
      of: queued.length,
      before: countByOwner(queued.slice(0, index)),
      running: countByOwner(active),
      paused: paused !== undefined,
      ...this.#blockedFor(run),
      ...(startsIn && { startsIn }),
      ...(smallLanes && { smallLanes }),
    };
  }

  /** Why no lane takes the run, where all that could are blocked. */
  #blockedFor({ profileId }: Run): Pick<QueuePlace, 'problem'> {
    const lanes = this.#room().takersOf(profileId);
    const problems = lanes.map((lane) => this.#store.lanes.get(lane).blocked);
    const [problem] = problems;
    return problem !== undefined && !problems.includes(undefined) ? { problem } : {};
  }

  /** Whether a living process drives the lane of an active run, or one that takes a waiting run. */
  isAttended(run: Run): boolean {
    const lanes = run.lane === undefined ? this.#room().takersOf(run.profileId) : [run.lane];
    return lanes.some((lane) => this.#isDriven(lane));
  }

  /** Expected time of a run, with the profile's defaults where no parameters are given, ms; undefined where nothing tells. */
  expected(
    profile: Profile,
    inputs: Run['inputs'],
    parameters: Run['parameters'] = usualParameters(profile, inputs),
  ): TimeRange | undefined {
    return estimateRun(this.#store, profile, { inputs, parameters });
  }

  /** What is known of all waiting runs, at one look. */
  outlook(): QueueOutlook {
    const { forecasts, paused } = this.#looks.present();
    return { forecasts, isPaused: paused !== undefined, problemOf: (run) => this.#blockedFor(run).problem };
  }

  /** Which waiting runs would start together as things stand, on any lane that may take runs, and what keeps others apart. */
  plan(): QueuePlan {
    const { queued, groups, paused } = this.#looks.allDriven();
    const place = new Map(queued.map(({ id }, index) => [id, index + 1]));
    return toPlan(groups, place, { paused: paused !== undefined, limits: this.#batch });
  }
}

function countByOwner(runs: readonly Run[]): RunsOfOwner[] {
  const counts = new Map<string, RunsOfOwner>();
  for (const { owner, ownerName } of runs) {
    counts.set(owner, { owner, ownerName, count: (counts.get(owner)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
