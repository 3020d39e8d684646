import type { Logger } from 'pino';
import type { BatchLimits, RunTimeouts } from '../config/config.ts';
import type { SecretLookup } from '../config/secret.ts';
import type { DataDirectory } from '../data-directory.ts';
import type { InstanceId, LaneName } from '../ids.ts';
import type { Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Clock } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import type { MediaLimits, MediaWorker } from '../ports/media.ts';
import type { Store } from '../store/store.ts';
import type { Wakeup } from '../wakeup.ts';

/** A lane and everything that driving it needs. */
export interface LaneContext {
  readonly lane: LaneName;
  readonly gpus: readonly string[];
  /** Memory of a GPU that may be in use on a free lane, bytes. */
  readonly gpuIdleBytes: number;
  /** Ids of the models of which the lane takes runs as things stand: asked at each claim. */
  readonly models: () => readonly string[];
  readonly profiles: StoredProfiles;
  /** Profiles that this host has of its own, where hosts differ. */
  readonly ownProfiles: ReadonlyMap<string, Profile>;
  /** Within which bounds runs share a load of the model; absent where each has its own. */
  readonly batch?: BatchLimits;
  /** Other lanes, and the models of which each takes runs. */
  readonly otherLanes?: readonly { readonly lane: LaneName; readonly models: () => readonly string[] }[];
  readonly host: Host;
  readonly store: Store;
  readonly media: MediaWorker;
  /** Bounds of what is believed of an output. */
  readonly outputLimits: MediaLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wakeup: Wakeup;
  readonly data: DataDirectory;
  readonly instance: InstanceId;
  /** The secrets of jobs, looked up when one is sent. */
  readonly secrets: SecretLookup;
  /** The configuration's limits with those of the profile on top. */
  timeouts(profile: Profile): RunTimeouts;
}
