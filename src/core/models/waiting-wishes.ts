import type { HostConfig } from '../config/config.ts';
import type { ProfileId } from '../ids.ts';
import type { Store } from '../store/store.ts';
import type { GpuWish } from './gpu-memory.ts';
import { requiresSchema } from './job-schema.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import type { StoredProfiles } from './stored-profiles.ts';

/**
 * What models want of the GPUs of hosts where no profile was loaded: as the first run that waits for them was stored, with
 * what the configuration says of that host. Nothing is known of a model for which nothing waits.
 */
export function waitingWishes(
  { runs }: Pick<Store, 'runs'>,
  profiles: StoredProfiles,
): (id: ProfileId, host: HostConfig) => GpuWish | undefined {
  return (id, { modelOverrides }) => {
    const [first] = runs.queuedFor([id], 1);
    const stored = first && profiles.get(first.profileHash);
    if (stored === undefined) return undefined;
    const overrides: Table = modelOverrides[id] ?? {};
    const requires = requiresSchema.safeParse(
      mergeTables({ requires: stored.requires }, overrides)['requires'],
    );
    return requires.success ? requires.data : stored.requires;
  };
}
