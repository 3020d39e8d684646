import type { Problem } from '../errors.ts';
import type { AttemptId, HostId, InstanceId, JobId, LaneName, RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { OutputFile } from '../ports/host.ts';

/** Why we stopped an attempt. `hang`: its log says that it has failed, and that it will not end by itself. */
export type StopReason = 'cancel' | 'run_timeout' | 'silence' | 'hang';

/**
 * What is durable about one try at a job; everything else is asked of the host. `starting` is written, with a last
 * look at the cancel intent, before the host is told to start: from then on only the host knows.
 */
export interface Attempt {
  readonly id: AttemptId;
  readonly job: JobId;
  readonly number: number;
  readonly lane: LaneName;
  readonly instance: InstanceId;
  /** The host's random id when the attempt was prepared there. */
  readonly hostId?: HostId;
  readonly state: 'claimed' | 'starting';
  /**
   * The runs of the job, in the order of its list: never none. Once it is `starting` the list stays what it is, also
   * where one of them has ended.
   */
  readonly items: readonly AttemptItem[];
  /** The first of them. */
  readonly run: RunId;
  readonly claimedAt: UtcMs;
  readonly startingAt?: UtcMs;
  /** Failed tries at getting it started; the model did not begin in any of them. */
  readonly tries: number;
  readonly nextTryAt?: UtcMs;
  /** Why the last try failed. */
  readonly problem?: Problem;
  readonly stop?: AttemptStop;
}

/** One run of a job. */
export interface AttemptItem {
  readonly run: RunId;
  /** It has its end already; the others go on. */
  readonly hasEnded: boolean;
}

/** The runs of an attempt that have no end yet. */
export function openRuns({ items }: Pick<Attempt, 'items'>): RunId[] {
  return items.filter(({ hasEnded }) => !hasEnded).map(({ run }) => run);
}

export interface AttemptStop {
  readonly reason: StopReason;
  readonly sentAt: UtcMs;
  readonly killSentAt?: UtcMs;
  /** What was in `out/` before the signal: a result that was complete by then counts. */
  readonly outputs: readonly OutputFile[];
}
