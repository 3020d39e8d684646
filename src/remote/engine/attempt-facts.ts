import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { InstanceId } from '../../core/ids.ts';
import type { AttemptStatus } from '../../core/ports/host.ts';

const FACTS = z.object({
  instance: z.string().optional(),
  guard: z.enum(['absent', 'none', 'abandoned', 'started']).optional(),
  recorded: z.enum(['yes', 'no']).default('no'),
  rebooted: z.enum(['yes', 'no']).default('no'),
  /** What lives: nothing, the wrapper alone, or (also) other processes of the attempt. */
  alive: z.enum(['none', 'wrapper', 'others']).default('none'),
  /** When the job began, ms of the host's clock; empty where that was not written. */
  at: z.coerce.number().int().nonnegative().default(0),
  /** Content of `exit.json`. */
  exit: z.string().optional(),
});

/** What the inspect script has seen. */
export type AttemptFacts = z.infer<typeof FACTS>;

const EXIT = z.object({
  format: z.literal(1),
  exit_code: z.number().int().min(0).max(255),
  started_at: z.number().int().nonnegative(),
  ended_at: z.number().int().nonnegative(),
  stopped: z.boolean(),
  /** Processes that the host killed for want of memory meanwhile, where that was counted. */
  oom_kills: z.number().int().default(0),
});

/** Reads `key value` lines; the first line of a key counts. Throws `engine.command_failed` for anything else. */
export function parseFacts(text: string): AttemptFacts {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, key, value] = /^([a-z]+) (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values[key] ??= value;
  }
  const parsed = FACTS.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new CosmosError('engine.command_failed', { command: 'inspect' }, { cause: parsed.error });
}

/**
 * The status that the facts mean. Liveness comes first: a job that left a process behind is still running. The
 * wrapper alone does not count once `exit.json` is there, for writing it is its last act.
 */
export function statusOf(facts: AttemptFacts, instance: InstanceId): AttemptStatus {
  if (facts.guard === 'absent') {
    return facts.alive === 'none'
      ? { state: 'never_started' }
      : { state: 'running', hostStartedAt: facts.at };
  }
  if (facts.instance !== instance || facts.guard === undefined) {
    throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'not_ours' });
  }
  if (facts.guard === 'none') return { state: 'never_started' };
  if (facts.guard === 'abandoned') return { state: 'abandoned' };
  if (facts.alive === 'others') return { state: 'running', hostStartedAt: facts.at };
  const exit = parseExit(facts.exit);
  if (exit !== null) {
    return {
      state: 'exited',
      exitCode: exit.exit_code,
      hostStartedAt: exit.started_at,
      hostEndedAt: exit.ended_at,
      ...(exit.stopped && { wasStopped: true }),
    };
  }
  if (facts.alive === 'wrapper') return { state: 'running', hostStartedAt: facts.at };
  return { state: 'vanished', detail: vanishedDetail(facts) };
}

/** `exit.json`; null where it is missing or is not what the wrapper writes. */
export function parseExit(text: string | undefined): z.infer<typeof EXIT> | null {
  if (text === undefined) return null;
  try {
    return EXIT.safeParse(JSON.parse(text)).data ?? null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

function vanishedDetail(facts: AttemptFacts): string {
  if (facts.rebooted === 'yes') return 'rebooted';
  if (facts.recorded === 'no') return 'ended_before_the_job';
  return facts.exit === undefined ? 'no_exit_file' : 'invalid_exit_file';
}
