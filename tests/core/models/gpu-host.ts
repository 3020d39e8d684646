import type { HostConfig } from '../../../src/core/config/config.ts';
import type { HostName, LaneName, ProfileId } from '../../../src/core/ids.ts';
import type { HostFacts } from '../../../src/core/ports/host.ts';

/** A host on this machine; each lane by its name with the GPUs that it has. */
export function gpuHost(
  name: string,
  lanes: Readonly<Record<string, readonly string[]>>,
  models: readonly string[],
): HostConfig {
  return {
    name: name as HostName,
    transport: 'local',
    engine: 'process',
    workDirectory: '/work',
    lanes: Object.entries(lanes).map(([lane, gpus]) => ({ name: `${name}/${lane}` as LaneName, gpus })),
    assetQuotaBytes: 100e9,
    gpuIdleBytes: 1e9,
    models: models as readonly ProfileId[],
    modelOverrides: {},
  };
}

/** What a host answers whose GPUs are of these sizes, in the order of their indices. */
export function gpuFacts(...gigabytes: readonly number[]): HostFacts {
  const gpus = gigabytes.map((size, index) => ({
    ...{ index: String(index), uuid: `GPU-${index}`, name: 'GPU' },
    memoryTotalBytes: size * 1024 ** 3,
    memoryUsedBytes: 0,
  }));
  return { now: 0, diskFreeBytes: 100e9, gpus: { state: 'listed', gpus }, paths: [] };
}
