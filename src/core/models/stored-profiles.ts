import type { RunStore } from '../store/runs.ts';
import { parseStoredProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

/** The resolved profiles that are stored with runs, each read and checked once. */
export class StoredProfiles {
  readonly #runs: RunStore;
  readonly #profiles = new Map<string, Profile>();

  constructor(runs: RunStore) {
    this.#runs = runs;
  }

  /** Undefined where no run was stored with that profile. */
  get(hash: string): Profile | undefined {
    const known = this.#profiles.get(hash);
    if (known !== undefined) return known;
    const content = this.#runs.profileContent(hash);
    if (content === undefined) return undefined;
    const profile = parseStoredProfile(content);
    this.#profiles.set(hash, profile);
    return profile;
  }
}
