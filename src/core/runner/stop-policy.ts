import type { RunTimeouts } from '../config/config.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { AttemptStop, StopReason } from './attempt.ts';

export type StopDecision =
  | { readonly act: 'none'; readonly nextMs: number }
  | { readonly act: 'terminate'; readonly reason: StopReason }
  | { readonly act: 'kill'; readonly reason: StopReason }
  /** Neither signal ended it. */
  | { readonly act: 'give_up' };

/** How long a killed attempt may take to disappear, ms, before the lane is declared blocked. */
export const KILL_PATIENCE_MS = 30_000;

/** What has to be done about stopping a running attempt, and when to look again. */
export function decideStop(
  now: UtcMs,
  facts: {
    readonly cancelRequested: boolean;
    readonly startedAt: UtcMs;
    readonly lastLogAt: UtcMs;
    /** From when on an attempt that hangs is to be stopped. */
    readonly hangStopAt?: UtcMs | undefined;
    readonly stop?: AttemptStop;
  },
  timeouts: RunTimeouts,
): StopDecision {
  const { stop } = facts;
  if (stop === undefined) {
    if (facts.cancelRequested) return { act: 'terminate', reason: 'cancel' };
    const untilHangStop = (facts.hangStopAt ?? Infinity) - now;
    if (untilHangStop <= 0) return { act: 'terminate', reason: 'hang' };
    const untilRunLimit = facts.startedAt + timeouts.runMs - now;
    if (untilRunLimit <= 0) return { act: 'terminate', reason: 'run_timeout' };
    const untilSilenceLimit = facts.lastLogAt + timeouts.silenceMs - now;
    if (untilSilenceLimit <= 0) return { act: 'terminate', reason: 'silence' };
    return { act: 'none', nextMs: Math.min(untilHangStop, untilRunLimit, untilSilenceLimit) };
  }
  if (stop.killSentAt === undefined) {
    const untilKill = stop.sentAt + timeouts.cancelGraceMs - now;
    return untilKill > 0 ? { act: 'none', nextMs: untilKill } : { act: 'kill', reason: stop.reason };
  }
  const untilGivingUp = stop.killSentAt + KILL_PATIENCE_MS - now;
  return untilGivingUp > 0 ? { act: 'none', nextMs: untilGivingUp } : { act: 'give_up' };
}
