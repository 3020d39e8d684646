import type { Problem } from '../errors.ts';
import type { AttemptId, HostId, InstanceId, JobId, LaneName, RunId } from '../ids.ts';
import type { OutputFile } from '../ports/host.ts';
import type { Attempt, StopReason } from '../runner/attempt.ts';
import { fromJson, fromJsonOrUndefined } from './json.ts';

export interface AttemptRow {
  id: AttemptId;
  job_id: JobId;
  number: number;
  lane: LaneName;
  instance_id: InstanceId;
  host_id: HostId | null;
  state: Attempt['state'];
  /** JSON list of [run, 0 or 1 where it has ended]. */
  items: string;
  claimed_at: number;
  starting_at: number | null;
  tries: number;
  next_try_at: number | null;
  stop_reason: StopReason | null;
  stop_sent_at: number | null;
  kill_sent_at: number | null;
  outputs_at_stop: string | null;
  problem: string | null;
}

export function toAttempt(row: AttemptRow): Attempt {
  const items = fromJson<[RunId, 0 | 1][]>(row.items).map(([run, ended]) => ({ run, hasEnded: ended === 1 }));
  return {
    id: row.id,
    job: row.job_id,
    number: row.number,
    lane: row.lane,
    instance: row.instance_id,
    state: row.state,
    items,
    run: items[0]?.run ?? ('' as RunId),
    claimedAt: row.claimed_at,
    tries: row.tries,
    ...(row.host_id !== null && { hostId: row.host_id }),
    ...(row.starting_at !== null && { startingAt: row.starting_at }),
    ...(row.next_try_at !== null && { nextTryAt: row.next_try_at }),
    ...(row.problem !== null && { problem: fromJson<Problem>(row.problem) }),
    ...(row.stop_reason !== null &&
      row.stop_sent_at !== null && {
        stop: {
          reason: row.stop_reason,
          sentAt: row.stop_sent_at,
          outputs: fromJsonOrUndefined<OutputFile[]>(row.outputs_at_stop) ?? [],
          ...(row.kill_sent_at !== null && { killSentAt: row.kill_sent_at }),
        },
      }),
  };
}
