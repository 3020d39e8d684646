import { toCosmosError } from '../errors.ts';
import { BatchTracker } from '../runs/batch-tracker.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptFollower } from './attempt-follower.ts';
import { dropCancelled, isUnwanted } from './cancelled-items.ts';
import { collectEarly } from './finish-batch.ts';
import type { Followers } from './followers.ts';
import type { LaneContext } from './lane-context.ts';
import type { NextLook } from './next-look.ts';
import type { ReadyAttempt } from './ready-run.ts';
import { runLimits } from './run-limits.ts';
import { decideStop } from './stop-policy.ts';

/** How often a running attempt is looked at when nothing wakes us, ms. */
const QUIET_LOOK_MS = 5_000;
/** Most of a log that is read between two looks at a running attempt, bytes: a flood must not hide a cancel. */
const LOG_BYTES_AT_A_LOOK = 16 * 1024 * 1024;

/** One look at a running attempt: reads its log, and stops it where somebody asked for that or a limit has passed. */
export async function followRunning(
  context: LaneContext,
  followers: Followers,
  attempt: Attempt,
  ready: ReadyAttempt,
  signal: AbortSignal,
): Promise<NextLook> {
  const { store, clock, host, wakeup } = context;
  const follower = await followers.of(attempt, ready);
  if (attempt.stop === undefined) for (const { run } of ready.open) store.runs.setStage(run.id, 'running');
  const unread = await tryToRead(follower, clock.now(), signal);
  followers.storeProgress(ready, follower);
  if (dropCancelled(context, attempt, ready)) return 'now';
  const decision = decideStop(
    clock.now(),
    {
      cancelRequested: isUnwanted(ready, follower.tracker),
      startedAt: attempt.startingAt ?? attempt.claimedAt,
      // A log that we cannot read is not a silent one.
      lastLogAt: unread === undefined ? follower.lastLogAt : clock.now(),
      hangStopAt: follower.hangStopAt,
      ...(attempt.stop && { stop: attempt.stop }),
    },
    runLimits(context, ready),
  );
  switch (decision.act) {
    case 'terminate':
      store.attempts.recordStop(attempt, decision.reason, await host.listOutputs(attempt.id, signal));
      wakeup.notify();
      return 'now';
    case 'kill':
      store.attempts.recordKill(attempt, decision.reason);
      return 'now';
    case 'give_up':
      block(context, attempt);
      follower.sent.delete('kill');
      break;
    case 'none':
      break;
  }
  await sendStop(context, attempt, follower, signal);
  if (unread !== undefined) throw unread.error;
  if (await takeResult(context, attempt, ready, follower, signal)) return 'now';
  if (!follower.isAtEnd) return 0;
  const ownPace = follower.isWatched ? QUIET_LOOK_MS : host.pollMs;
  return decision.act === 'none' ? Math.min(ownPace, decision.nextMs) : ownPace;
}

/** What a run of a batch has given while the others go on; what cannot be taken now is taken at the end. */
async function takeResult(
  context: LaneContext,
  attempt: Attempt,
  ready: ReadyAttempt,
  follower: AttemptFollower,
  signal: AbortSignal,
): Promise<boolean> {
  const { tracker, leftForTheEnd } = follower;
  if (!(tracker instanceof BatchTracker) || attempt.stop !== undefined) return false;
  const next = ready.open.find(
    ({ item, run }) => tracker.hasEnded(item) && run.cancel === undefined && !leftForTheEnd.has(run.id),
  );
  if (next === undefined) return false;
  // Somebody who cancels does not wait for a download.
  const cancelled = new AbortController();
  const unsubscribe = context.wakeup.subscribe(() => {
    try {
      if (hasNewCancel(context, ready)) cancelled.abort();
    } catch (error) {
      context.logger.warn({ attempt: attempt.id, err: toCosmosError(error) }, 'cancels could not be read');
    }
  });
  try {
    const either = AbortSignal.any([signal, cancelled.signal]);
    if (await collectEarly(context, attempt, ready, next, tracker, either)) return true;
  } catch (error) {
    if (signal.aborted) throw error;
    if (cancelled.signal.aborted) return true;
    context.logger.warn(
      { run: next.run.id, err: toCosmosError(error) },
      'result is taken at the end of its batch',
    );
  } finally {
    unsubscribe();
  }
  leftForTheEnd.add(next.run.id);
  return false;
}

function hasNewCancel({ store }: LaneContext, { open }: ReadyAttempt): boolean {
  return open.some(({ run }) => run.cancel === undefined && store.runs.get(run.id)?.cancel !== undefined);
}

/** A log that cannot be read must not keep a run from being stopped: why is told later. */
async function tryToRead(
  follower: AttemptFollower,
  now: number,
  signal: AbortSignal,
): Promise<{ error: unknown } | undefined> {
  try {
    await follower.readLog(now, signal, { maxBytes: LOG_BYTES_AT_A_LOOK });
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return { error };
  }
}

/** Sends the recorded signal, once per process: an earlier process may have died between record and signal. */
async function sendStop(
  { host }: LaneContext,
  attempt: Attempt,
  follower: AttemptFollower,
  signal: AbortSignal,
): Promise<void> {
  if (attempt.stop === undefined) return;
  const strength = attempt.stop.killSentAt === undefined ? 'terminate' : 'kill';
  if (follower.sent.has(strength)) return;
  await host.stop(attempt.id, strength, signal);
  follower.sent.add(strength);
}

/** A lane that cannot be proved free takes nothing more until the processes are gone. */
function block({ store, lane, host, logger, wakeup }: LaneContext, attempt: Attempt): void {
  const parameters = { host: host.name, attempt: attempt.id };
  const problem = { code: 'engine.not_stopped', parameters } as const;
  const isNew = store.write(() => {
    if (store.lanes.get(lane).blocked !== undefined) return false;
    store.lanes.setBlocked(lane, problem);
    store.events.append({ type: 'lane.blocked', payload: { lane, problem } }, { attempt: attempt.id });
    return true;
  });
  if (!isNew) return;
  logger.error({ lane, attempt: attempt.id }, 'killed attempt is still alive');
  wakeup.notify();
}
