import type { JobContainer } from '../ports/host.ts';
import type { JobRequest } from './build-job.ts';
import type { JobValues } from './job-values.ts';
import { fillWord, refuseNul } from './render-command.ts';

/** The container of a job as its profile describes it; nothing where it describes none. GPU flags need GPUs. */
export function renderContainer({ profile, gpus }: JobRequest, values: JobValues): JobContainer | undefined {
  const { container, id } = profile;
  if (container === undefined) return undefined;
  const fill = (words: readonly string[]): readonly string[] =>
    words.map((word) => fillWord(word, values, id));
  const gpuFlags = gpus.length === 0 ? [] : fill(container.gpu_flags);
  const flags = fill(container.flags);
  refuseNul([...gpuFlags, ...flags]);
  return {
    image: container.image,
    gpuFlags,
    mounts: container.mounts.map(({ source, target, read_only }) => ({
      source,
      target,
      readOnly: read_only,
    })),
    user: container.user,
    flags,
    ...(container.shm_size !== undefined && { sharedMemory: container.shm_size }),
    ...(container.ipc !== undefined && { ipc: container.ipc }),
    ...(container.network !== undefined && { network: container.network }),
    ...(container.entrypoint !== undefined && { entrypoint: container.entrypoint }),
  };
}
