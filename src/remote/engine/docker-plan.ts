import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { AttemptPlan, JobContainer } from '../../core/ports/host.ts';

/** The file of an attempt directory that says which container the attempt gets. */
export const PLAN_FILE = 'container.json';

const CONTAINER = z.strictObject({
  image: z.string(),
  gpuFlags: z.array(z.string()),
  mounts: z.array(z.strictObject({ source: z.string(), target: z.string(), readOnly: z.boolean() })),
  user: z.enum(['host', 'image']),
  sharedMemory: z.string().exactOptional(),
  ipc: z.enum(['private', 'host', 'shareable']).exactOptional(),
  network: z.enum(['none', 'host', 'bridge']).exactOptional(),
  entrypoint: z.string().exactOptional(),
  flags: z.array(z.string()),
});

const PLAN = z.strictObject({
  format: z.literal(1),
  stopGraceMs: z.number().nonnegative(),
  container: CONTAINER,
  hasSecrets: z.boolean().default(false),
});

/** What `start` needs to know of an attempt, on the host since `prepare`. */
export interface ContainerPlan {
  readonly container: JobContainer;
  readonly stopGraceMs: number;
  readonly hasSecrets: boolean;
  /** Another one as soon as the plan is. */
  readonly hash: string;
}

/** Flags that would break what the bot does with a container: its name, life, user and process ids are not the profile's. */
const FORBIDDEN =
  /^(--(name|pid|restart|rm|init|entrypoint|user|workdir|detach|tty|interactive|stop-signal|stop-timeout|pull|label|label-file|cidfile|detach-keys)(=|$)|-(?!-)[a-zA-Z]*[uwdtli])/;

/**
 * The content of `PLAN_FILE`. Throws `engine.start_failed`: `no_container` where the profile names no image,
 * `invalid_mount`, `invalid_image`, `invalid_flag` {flag}.
 */
export function containerFile({ container, stopGraceMs, secretEnvironment }: AttemptPlan): string {
  if (container === undefined) throw refused('no_container');
  if (/^(-|$)/.test(container.image)) throw refused('invalid_image');
  const isPath = (path: string): boolean => path.startsWith('/') && !path.includes('\0');
  if (!container.mounts.every(({ source, target }) => isPath(source) && isPath(target))) {
    throw refused('invalid_mount');
  }
  const flag = [...container.gpuFlags, ...container.flags].find((word) => FORBIDDEN.test(word));
  if (flag !== undefined) throw refused('invalid_flag', { flag });
  const hasSecrets = secretEnvironment !== undefined;
  return `${JSON.stringify({ format: 1, stopGraceMs, container, hasSecrets }, null, 2)}\n`;
}

/** Throws `engine.work_dir_unusable` (`invalid_plan`) for anything that `containerFile` did not write. */
export function readContainerFile(text: string): ContainerPlan {
  try {
    const { container, stopGraceMs, hasSecrets } = PLAN.parse(JSON.parse(text));
    return { container, stopGraceMs, hasSecrets, hash: createHash('sha256').update(text).digest('hex') };
  } catch (cause) {
    throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'invalid_plan' }, { cause });
  }
}

function refused(reason: string, parameters: Readonly<Record<string, string>> = {}): CosmosError {
  return new CosmosError('engine.start_failed', { reason, ...parameters });
}
