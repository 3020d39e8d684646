import type { RunTimeouts } from '../config/config.ts';
import { type CosmosError, type ErrorCode, type Problem, toCosmosError } from '../errors.ts';
import { judge } from '../models/outcome.ts';
import type { AttemptStatus, OutputFile } from '../ports/host.ts';
import type { LogFindings } from '../runs/log-findings.ts';
import type { RunOutcome } from '../runs/run.ts';
import type { AttemptEnd } from '../store/attempts.ts';
import type { Attempt, AttemptStop, StopReason } from './attempt.ts';
import { alone } from './batch-verdict.ts';
import { collectOutputs } from './collect-outputs.ts';
import type { LaneContext } from './lane-context.ts';
import { isCancelled, type ReadyAttempt, type ReadyRun } from './ready-run.ts';
import { runLimits } from './run-limits.ts';

export type Exited = Extract<AttemptStatus, { state: 'exited' }>;

/** Tries at collecting and proving outputs that nobody can mend, such as a video that breaks every decoder. */
const PROOF_TRIES = 5;

/** What is less than this is taken for nothing: room that is left over because no piece fits in, bytes. */
const FULL_BYTES = 1024 * 1024;

/** What says that a job has failed and not why. */
const UNEXPLAINED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'model.exit_code',
  'model.output_missing',
  'model.output_invalid',
]);

/** As a shell reports what was killed; the exit code of what left none. */
const KILLED_EXIT_CODE = 137;

/** What our own stop makes of an attempt that it ended; undefined: its own log says that. */
const STOPPED: Readonly<Record<StopReason, { outcome: RunOutcome; code?: ErrorCode } | undefined>> = {
  hang: undefined,
  cancel: { outcome: 'cancelled' },
  run_timeout: { outcome: 'timed_out', code: 'model.timed_out' },
  silence: { outcome: 'timed_out', code: 'model.silent' },
};

/**
 * The end of an attempt of one run whose processes are gone, decided from proof alone: exit code, declared outputs that decode,
 * failure signatures. Collects the outputs of a success. Changes nothing in the store but stages. Throws what may pass
 * later: the outputs stay on the host until then.
 */
export async function concludeExited(
  context: LaneContext,
  attempt: Attempt,
  ready: ReadyRun,
  log: LogFindings,
  status: Exited,
  { failuresBefore, signal }: { failuresBefore: number; signal: AbortSignal },
): Promise<AttemptEnd> {
  const outputs = await context.host.listOutputs(attempt.id, signal);
  const measured = measure(context, status);
  const end = endOfStop(attempt.stop, context.timeouts(ready.profile));
  const stopped = end && { ...end, ...measured, outputs: [] };
  if (attempt.stop !== undefined && stopped && !wasComplete(attempt.stop, status, outputs)) return stopped;
  const verdict = judge({
    profile: ready.profile,
    exitCode: status.exitCode,
    ...(status.outOfMemory && { outOfMemory: true }),
    ...(status.wasStopped && attempt.stop === undefined && { wasStopped: true }),
    log: attempt.stop?.reason === 'hang' ? hangFirst(log) : log,
    outputs,
  });
  if (verdict.outcome !== 'done') {
    if (stopped) return stopped;
    const problem = await orDiskFull(context, verdict.problem, signal);
    return { outcome: verdict.outcome, problem, ...measured, outputs: [] };
  }
  try {
    const collected = await collectOutputs(context, attempt, ready.run.id, verdict.outputs, signal);
    return { outcome: 'done', ...measured, outputs: collected };
  } catch (error) {
    const failure = toCosmosError(error);
    if (signal.aborted || !isFinal(failure, failuresBefore)) throw error;
    if (stopped) return stopped;
    const problem = await orDiskFull(context, failure.toProblem(), signal);
    return { outcome: 'failed', problem, ...measured, outputs: [] };
  }
}

/** What the host has measured of an attempt. */
export function measure(context: LaneContext, status: Exited) {
  const { exitCode, hostStartedAt, hostEndedAt } = status;
  const gpuSeconds = ((hostEndedAt - hostStartedAt) / 1000) * context.gpus.length;
  return { exitCode, hostStartedAt, hostEndedAt, gpuSeconds };
}

/** On a full disk a model cannot say why it fails: its log has no room either. */
export async function orDiskFull(
  { host, logger }: LaneContext,
  problem: Problem,
  signal: AbortSignal,
): Promise<Problem> {
  if (!UNEXPLAINED.has(problem.code)) return problem;
  try {
    const { diskFreeBytes } = await host.facts({ images: [], paths: [] }, signal);
    if (diskFreeBytes >= FULL_BYTES) return problem;
    return { code: 'transfer.disk_full', parameters: { host: host.name } };
  } catch (error) {
    if (signal.aborted) throw error;
    logger.warn({ host: host.name, err: toCosmosError(error) }, 'nobody can tell whether the disk is full');
    return problem;
  }
}

/** The end of an attempt that began and of which nothing is left. */
export function concludeVanished(
  context: LaneContext,
  { stop }: Attempt,
  ready: ReadyAttempt,
  detail: string,
  log?: LogFindings,
): AttemptEnd {
  const end = endOfStop(stop, runLimits(context, ready));
  if (end !== undefined) return { ...end, outputs: [] };
  if (stop !== undefined && log?.hang !== undefined) {
    const found = { profile: ready.profile, exitCode: KILLED_EXIT_CODE, log: hangFirst(log), outputs: [] };
    const verdict = judge(found);
    if (verdict.outcome !== 'done') return { ...verdict, outputs: [] };
  }
  return { outcome: 'lost', problem: { code: 'engine.vanished', parameters: { detail } }, outputs: [] };
}

/** The end of an attempt that can never begin: somebody cancelled it, or its host has refused to start it. */
export function concludeAbandoned({ problem }: Attempt, ready: ReadyAttempt): AttemptEnd {
  if (isCancelled(ready) || problem === undefined) return { outcome: 'cancelled', outputs: [] };
  return notStarted(ready, problem);
}

/** The host has refused a job of which nothing has begun: of several runs, each is asked for alone. */
export function notStarted({ items, open }: ReadyAttempt, problem: Problem): AttemptEnd {
  const end = { outcome: 'failed', problem, outputs: [] } as const;
  if (items.length === 1) return end;
  const parameters = { runs: items.length, cause: problem.code };
  const back = alone({ code: 'queue.batch_failed', parameters });
  return { ...end, items: new Map(open.map(({ run }) => [run.id, back])) };
}

/** True where trying again cannot collect or prove the outputs. */
export function isFinal(failure: CosmosError, failuresBefore: number): boolean {
  if (failure.code === 'model.output_invalid') return true;
  // The network comes back, and a full disk is emptied by somebody: until then the result is safe on the host.
  if (failure.retryable || failure.layer === 'store' || failure.code === 'transfer.disk_full') return false;
  return failuresBefore + 1 >= PROOF_TRIES;
}

/** What a job prints while it is stopped explains nothing. */
function hangFirst(log: LogFindings): LogFindings {
  const { hang, hasMarker, texts, lastLine } = log;
  if (hang === undefined) return log;
  return { failures: [hang, ...log.failures.filter((each) => each !== hang)], hasMarker, texts, lastLine };
}

/** A result that was complete before the stop signal went out counts as done. */
function wasComplete(stop: AttemptStop, status: Exited, outputs: readonly OutputFile[]): boolean {
  if (status.exitCode !== 0 || stop.killSentAt !== undefined || outputs.length === 0) return false;
  const before = new Map(stop.outputs.map(({ path, bytes }) => [path, bytes]));
  return outputs.length === before.size && outputs.every(({ path, bytes }) => before.get(path) === bytes);
}

/** What our own stop makes of what was at work; undefined where its log says what has become of it. */
export function endOfStop(
  stop: AttemptStop | undefined,
  { runMs, silenceMs }: RunTimeouts,
): { outcome: RunOutcome; problem?: Problem } | undefined {
  const end = stop && STOPPED[stop.reason];
  if (stop === undefined || end === undefined) return undefined;
  const { outcome, code } = end;
  if (code === undefined) return { outcome };
  return {
    outcome,
    problem: { code, parameters: { limitMs: stop.reason === 'silence' ? silenceMs : runMs } },
  };
}
