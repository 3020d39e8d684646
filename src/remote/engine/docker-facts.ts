import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { AttemptId, InstanceId } from '../../core/ids.ts';
import type { AttemptStatus } from '../../core/ports/host.ts';
import { ATTEMPT_LABEL, INSTANCE_LABEL } from '../docker-command.ts';
import { parseExit } from './attempt-facts.ts';

const CONTAINER = z.object({
  id: z.string().regex(/^[0-9a-f]{12,64}$/),
  state: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean(),
    OOMKilled: z.boolean(),
    ExitCode: z.number().int(),
    Error: z.string(),
    StartedAt: z.string(),
  }),
  labels: z.record(z.string(), z.string()).nullable(),
});

export type Container = z.infer<typeof CONTAINER>;

const FACTS = z.object({
  instance: z.string().optional(),
  guard: z.enum(['absent', 'none', 'abandoned', 'started']).optional(),
  rebooted: z.literal('yes').optional(),
  /** When the job began, ms of the host's clock; 0 where that was not written. */
  at: z.coerce.number().int().nonnegative().default(0),
  /** Processes that the host has killed for want of memory since the job began. */
  oom: z.coerce.number().int().default(0),
  /** Content of `exit.json`. */
  exit: z.string().optional(),
});

/** What is known of an attempt that runs in a container. */
export type DockerFacts = z.infer<typeof FACTS> & {
  /** Absent where the engine has none of this name. */
  readonly container: Container | undefined;
};

/**
 * Reads what `INSPECT_CONTAINER_SCRIPT` prints. Throws what `engineFailure` makes of an engine that gave no answer, and
 * `engine.command_failed` for anything that cannot be read: no answer is never taken for "no such container".
 */
export function parseDockerFacts(text: string): DockerFacts {
  const values: Record<string, string> = {};
  const said: string[] = [];
  for (const line of text.split('\n')) {
    const [, key, value] = /^([a-z]+) (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key === 'said') said.push(value);
    else values[key] ??= value;
  }
  const parsed = FACTS.safeParse(values);
  if (!parsed.success) throw unreadable(parsed.error);
  const answered = values['code'] !== undefined;
  return { ...parsed.data, container: answered ? parseContainer(values['code'] === '0', said) : undefined };
}

function parseContainer(succeeded: boolean, said: readonly string[]): Container | undefined {
  if (!succeeded) {
    const message = said.join('\n');
    if (isNoSuchContainer(message)) return undefined;
    throw engineFailure('inspect', message);
  }
  const json = said.find((line) => line.startsWith('{'));
  try {
    return CONTAINER.parse(JSON.parse(json ?? ''));
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

export function isNoSuchContainer(message: string): boolean {
  return /no such (object|container)/i.test(message);
}

/** The last is what Docker 28 says while it ends. */
const NOT_RUNNING =
  /cannot connect to the docker daemon|is the docker daemon running|error during connect|EOF$|database not open/im;

/**
 * What a failed command of Docker means: `engine.host_unreachable` (`docker_not_running`) where nobody answered,
 * `engine.host_unsupported` where the bot's user may not ask (`docker_denied`, `sudo_denied`) or there is no Docker
 * (`docker_missing`), else `engine.command_failed`.
 */
export function engineFailure(command: string, message: string): CosmosError {
  const cause = new Error(`docker ${command}: ${message}`);
  if (NOT_RUNNING.test(message)) {
    return new CosmosError('engine.host_unreachable', { reason: 'docker_not_running' }, { cause });
  }
  if (/permission denied while trying to connect|dial unix .* permission denied/im.test(message)) {
    return new CosmosError('engine.host_unsupported', { reason: 'docker_denied' }, { cause });
  }
  if (
    /^sudo: (?!.*command not found$)|is not (in the sudoers file|allowed to (execute|run))/im.test(message)
  ) {
    return new CosmosError('engine.host_unsupported', { reason: 'sudo_denied' }, { cause });
  }
  if (/not found$|no such file or directory$/im.test(message) && !/daemon/i.test(message)) {
    return new CosmosError('engine.host_unsupported', { reason: 'docker_missing' }, { cause });
  }
  return new CosmosError('engine.command_failed', { command: `docker ${command}` }, { cause });
}

/** A stranger's container may have the name of one of ours. */
export function isOurs(container: Container, attempt: AttemptId, instance: InstanceId): boolean {
  const labels = container.labels ?? {};
  return labels[INSTANCE_LABEL] === instance && labels[ATTEMPT_LABEL] === attempt;
}

/**
 * The status that the facts mean. Liveness comes first, then `exit.json`; what ended without it has vanished, and its
 * container tells why as far as that can be known. A container that ended without taking the guard never started.
 */
export function dockerStatus(facts: DockerFacts, attempt: AttemptId, instance: InstanceId): AttemptStatus {
  const container =
    facts.container && isOurs(facts.container, attempt, instance) ? facts.container : undefined;
  const isRunning = container?.state.Running === true;
  const running = (): AttemptStatus => ({
    state: 'running',
    hostStartedAt: facts.at || Date.parse(container?.state.StartedAt ?? '') || 0,
  });
  if (facts.guard === 'absent') return isRunning ? running() : { state: 'never_started' };
  if (facts.instance !== instance || facts.guard === undefined) {
    throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'not_ours' });
  }
  if (facts.guard === 'none') return { state: 'never_started' };
  if (facts.guard === 'abandoned') return { state: 'abandoned' };
  if (isRunning) return running();
  const exit = parseExit(facts.exit);
  if (exit === null) return { state: 'vanished', detail: vanishedDetail(facts, container) };
  const killed = exit.exit_code === 137 && !exit.stopped && exit.oom_kills > 0;
  return {
    state: 'exited',
    exitCode: exit.exit_code,
    hostStartedAt: exit.started_at,
    hostEndedAt: exit.ended_at,
    ...((killed || container?.state.OOMKilled === true) && { outOfMemory: true }),
    ...(exit.stopped && { wasStopped: true }),
  };
}

function vanishedDetail(facts: DockerFacts, container: Container | undefined): string {
  if (facts.rebooted === 'yes') return 'rebooted';
  if (container === undefined) return 'container_removed';
  const { OOMKilled, ExitCode } = container.state;
  if (OOMKilled || (ExitCode === 137 && facts.oom > 0)) return 'out_of_memory';
  if (ExitCode === 137) return 'killed_from_outside';
  return facts.exit === undefined ? 'no_exit_file' : 'invalid_exit_file';
}

function unreadable(cause: unknown): CosmosError {
  return new CosmosError('engine.command_failed', { command: 'docker inspect' }, { cause });
}
