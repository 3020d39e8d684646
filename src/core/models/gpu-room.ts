import type { HostConfig } from '../config/config.ts';
import type { HostName, LaneName, ProfileId } from '../ids.ts';
import type { GpuAnswer } from '../ports/host.ts';
import { type GpuWish, type SmallHost, type SmallLane, smallHost, smallLane } from './gpu-memory.ts';

export interface GpuRoomParts {
  readonly hosts: readonly HostConfig[];
  /** What a model wants as this host runs it; undefined where nobody knows. */
  readonly wishOf: (id: ProfileId, host: HostConfig) => GpuWish | undefined;
  /** What the host has answered about its GPUs when it was asked last; undefined where it never was. */
  readonly gpusOf: (host: HostName) => GpuAnswer | undefined;
  /** Whether somebody has given up the host of a lane: nobody knows that it will ever come back. */
  readonly isGivenUp: (lane: LaneName) => boolean;
}

/**
 * Which lanes take which models, as the memory of their GPUs is known at one moment. A lane that is known to be too small
 * for a model leaves its runs to the lanes that are not known to be, of any host that offers it, however long these are
 * busy, blocked or silent. Where every lane is too small, or its host was given up, each takes them: somebody has insisted
 * on the model.
 */
export class GpuRoom {
  readonly #parts: GpuRoomParts;
  readonly #answers = new Map<HostName, GpuAnswer | undefined>();

  /** Reads each host once at most, and those alone on which something depends. */
  constructor(parts: GpuRoomParts) {
    this.#parts = parts;
  }

  /** Hosts that offer a model and of which every lane is too small for it. */
  smallHosts(id: ProfileId): readonly SmallHost[] {
    return this.#offering(id).flatMap((host) => {
      const wish = this.#wishOf(id, host);
      return (wish && smallHost(host, this.#answerOf(host), wish)) ?? [];
    });
  }

  /** The lanes that take runs of a model. */
  takersOf(id: ProfileId): readonly LaneName[] {
    const hosts = this.#offering(id);
    const all = hosts.flatMap(({ lanes }) => lanes.map(({ name }) => name));
    const small = new Set(hosts.flatMap((host) => this.#smallLanesOf(host, id).map(({ lane }) => lane)));
    const others = all.filter((lane) => !small.has(lane));
    if (small.size === 0 || others.every((lane) => this.#parts.isGivenUp(lane))) return all;
    return others;
  }

  /** Models of which a lane takes runs, of those that its host offers. */
  takenBy(lane: LaneName): readonly ProfileId[] {
    const left = this.leftBy(lane);
    return (this.#hostOf(lane)?.models ?? []).filter((id) => !left.has(id));
  }

  /** The others, and what it lacks for them. */
  leftBy(lane: LaneName): ReadonlyMap<ProfileId, SmallLane> {
    const left = new Map<ProfileId, SmallLane>();
    const host = this.#hostOf(lane);
    for (const id of host?.models ?? []) {
      const small = host && this.#smallLanesOf(host, id).find((each) => each.lane === lane);
      if (small !== undefined && !this.takersOf(id).includes(lane)) left.set(id, small);
    }
    return left;
  }

  #smallLanesOf(host: HostConfig, id: ProfileId): readonly SmallLane[] {
    const wish = this.#wishOf(id, host);
    if (wish === undefined) return [];
    return host.lanes.flatMap((lane) => smallLane(lane, this.#answerOf(host), wish) ?? []);
  }

  #offering(id: ProfileId): readonly HostConfig[] {
    return this.#parts.hosts.filter(({ models }) => models.includes(id));
  }

  #hostOf(lane: LaneName): HostConfig | undefined {
    return this.#parts.hosts.find(({ lanes }) => lanes.some(({ name }) => name === lane));
  }

  /** Undefined where it wants nothing: then nobody has to know the host. */
  #wishOf(id: ProfileId, host: HostConfig): GpuWish | undefined {
    const wish = this.#parts.wishOf(id, host);
    return wish?.min_vram_gb === undefined ? undefined : wish;
  }

  #answerOf({ name }: HostConfig): GpuAnswer | undefined {
    if (!this.#answers.has(name)) this.#answers.set(name, this.#parts.gpusOf(name));
    return this.#answers.get(name);
  }
}
