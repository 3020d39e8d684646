import { CosmosError, type ErrorCode, type Problem } from '../errors.ts';
import { judge } from '../models/outcome.ts';
import type { AttemptStatus, OutputFile } from '../ports/host.ts';
import type { RunOutcome } from '../runs/run.ts';
import type { AttemptEnd } from '../store/attempts.ts';
import type { Attempt, AttemptStop, StopReason } from './attempt.ts';
import type { AttemptFollower } from './attempt-follower.ts';
import { collectOutputs } from './collect-outputs.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyRun } from './ready-run.ts';

type Exited = Extract<AttemptStatus, { state: 'exited' }>;

/** What our own stop makes of an attempt that it ended. */
const STOPPED: Readonly<Record<StopReason, { outcome: RunOutcome; code?: ErrorCode }>> = {
  cancel: { outcome: 'cancelled' },
  run_timeout: { outcome: 'timed_out', code: 'model.timed_out' },
  silence: { outcome: 'timed_out', code: 'model.silent' },
};

/**
 * The end of an attempt whose processes are gone, decided from proof alone: exit code, declared outputs that decode,
 * failure signatures. Collects the outputs of a success. Changes nothing in the store but stages.
 */
export async function concludeExited(
  context: LaneContext,
  attempt: Attempt,
  ready: ReadyRun,
  follower: AttemptFollower,
  status: Exited,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const outputs = await context.host.listOutputs(attempt.id, signal);
  const measured = {
    exitCode: status.exitCode,
    hostStartedAt: status.hostStartedAt,
    hostEndedAt: status.hostEndedAt,
    gpuSeconds: ((status.hostEndedAt - status.hostStartedAt) / 1000) * context.gpus.length,
  };
  if (attempt.stop !== undefined && !wasComplete(attempt.stop, status, outputs)) {
    return { ...endOfStop(attempt.stop, context, ready), ...measured, outputs: [] };
  }
  const verdict = judge({
    profile: ready.profile,
    exitCode: status.exitCode,
    log: follower.tracker,
    outputs,
  });
  if (verdict.outcome !== 'done') return { ...verdict, ...measured, outputs: [] };
  try {
    const collected = await collectOutputs(context, attempt, verdict.outputs, signal);
    return { outcome: 'done', ...measured, outputs: collected };
  } catch (error) {
    if (error instanceof CosmosError && error.code === 'model.output_invalid') {
      return { outcome: 'failed', problem: error.toProblem(), ...measured, outputs: [] };
    }
    throw error;
  }
}

/** The end of an attempt that began and of which nothing is left. */
export function concludeVanished(attempt: Attempt, detail: string): AttemptEnd {
  if (attempt.stop?.reason === 'cancel') return { outcome: 'cancelled', outputs: [] };
  return { outcome: 'lost', problem: { code: 'engine.vanished', parameters: { detail } }, outputs: [] };
}

/** A result that was complete before the stop signal went out counts as done. */
function wasComplete(stop: AttemptStop, status: Exited, outputs: readonly OutputFile[]): boolean {
  if (status.exitCode !== 0 || stop.killSentAt !== undefined || outputs.length === 0) return false;
  const before = new Map(stop.outputs.map(({ path, bytes }) => [path, bytes]));
  return outputs.length === before.size && outputs.every(({ path, bytes }) => before.get(path) === bytes);
}

function endOfStop(
  stop: AttemptStop,
  context: LaneContext,
  { profile }: ReadyRun,
): { outcome: RunOutcome; problem?: Problem } {
  const { outcome, code } = STOPPED[stop.reason];
  if (code === undefined) return { outcome };
  const { runMs, silenceMs } = context.timeouts(profile);
  return {
    outcome,
    problem: { code, parameters: { limitMs: stop.reason === 'silence' ? silenceMs : runMs } },
  };
}
