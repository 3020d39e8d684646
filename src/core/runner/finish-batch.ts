import { readFile } from 'node:fs/promises';
import { CosmosError, toCosmosError } from '../errors.ts';
import type { RunId } from '../ids.ts';
import type { OutputFile } from '../ports/host.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import type { BatchTracker } from '../runs/batch-tracker.ts';
import type { RunOutput } from '../runs/run.ts';
import type { AttemptEnd } from '../store/attempts.ts';
import type { RunEnd, RunReturn, RunShare } from '../store/run-ends.ts';
import type { Attempt } from './attempt.ts';
import { aloneMs } from './batch-remaining.ts';
import { alone, type BatchEvidence, judgeItem } from './batch-verdict.ts';
import { collectOutputs } from './collect-outputs.ts';
import { type Exited, endOfStop, isFinal, measure, orDiskFull } from './finish-attempt.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyAttempt, ReadyRun } from './ready-run.ts';
import { runLimits } from './run-limits.ts';

/** Blanks that a model may put around a text, bytes. */
const MOST_BLANKS = 64 * 1024;

/** Signs of the end of a job of several runs: how it exited, or that nothing but its files is left. */
export type BatchStatus = Exited | { readonly state: 'vanished'; readonly detail: string };

/**
 * Ends each run of a batch by itself, in the order of the list: what it gave is collected, proved and stored before the
 * next is looked at, so that a crash in between repeats none of it. Returns the end of the attempt, with the runs that
 * go back to the queue; undefined where one has ended after failures, since the next has tries of its own. Throws what
 * may pass later: the outputs stay on the host until then.
 */
export async function concludeBatch(
  context: LaneContext,
  attempt: Attempt,
  ready: ReadyAttempt,
  log: BatchTracker,
  status: BatchStatus,
  { failuresBefore, signal }: { failuresBefore: number; signal: AbortSignal },
): Promise<AttemptEnd | undefined> {
  const { profile, items, open } = ready;
  if (profile.batch === undefined) {
    throw new CosmosError('internal.unexpected', { detail: `${profile.id} has no batch` });
  }
  const evidence: BatchEvidence = {
    ...{ profile, batch: profile.batch, size: items.length, log },
    outputs: await outputsOf(context, attempt, status, signal),
    ...(status.state === 'exited' && { exit: exitOf(attempt, status) }),
    ...cutOf(context, attempt, ready, status),
  };
  const back = new Map<RunId, RunReturn>();
  for (const each of open) {
    const end = await itemEnd(context, attempt, each, evidence, { failuresBefore, signal });
    if (end.outcome === 'returned') {
      back.set(each.run.id, end);
      continue;
    }
    endItem(context, attempt, each.run.id, end);
    if (failuresBefore > 0) return undefined;
  }
  return attemptEnd(context, ready, evidence, status, back);
}

/** Collects and stores what a run of a batch that goes on has given already. False where it is not proved to be done. */
export async function collectEarly(
  context: LaneContext,
  attempt: Attempt,
  { profile, items }: ReadyAttempt,
  ended: ReadyRun,
  log: BatchTracker,
  signal: AbortSignal,
): Promise<boolean> {
  if (profile.batch === undefined) return false;
  const outputs = await context.host.listOutputs(attempt.id, signal);
  const evidence = { profile, batch: profile.batch, size: items.length, log, outputs };
  const end = await itemEnd(context, attempt, ended, evidence, { failuresBefore: 0, signal });
  // What cannot be proved now is judged once the job has ended.
  if (end.outcome !== 'done') return false;
  endItem(context, attempt, ended.run.id, end);
  return true;
}

function endItem({ store, logger, wakeup }: LaneContext, attempt: Attempt, run: RunId, end: RunEnd): void {
  if (!store.attempts.endItem(attempt, run, end)) return;
  const { outcome, problem } = end;
  logger.info({ run, attempt: attempt.id, outcome, problem }, 'run ended');
  wakeup.notify();
}

async function itemEnd(
  context: LaneContext,
  attempt: Attempt,
  { run, item }: ReadyRun,
  evidence: BatchEvidence,
  { failuresBefore, signal }: { failuresBefore: number; signal: AbortSignal },
): Promise<RunEnd | RunReturn> {
  const verdict = judgeItem(evidence, item, {
    isCancelled: run.cancel !== undefined,
    returns: run.returned?.times ?? 0,
  });
  if (verdict.act === 'return') return verdict.back;
  if (verdict.act === 'end') {
    const { problem } = verdict.end;
    if (problem === undefined || evidence.exit === undefined) return verdict.end;
    return { ...verdict.end, problem: await orDiskFull(context, problem, signal) };
  }
  try {
    const outputs = await collectOutputs(context, attempt, run.id, verdict.outputs, signal);
    const stranger = await strangeText(evidence, run.text, outputs);
    if (stranger === undefined) return { outcome: 'done', outputs };
    return alone({ code: 'queue.batch_mixed', parameters: { file: stranger } });
  } catch (error) {
    const failure = toCosmosError(error);
    if (signal.aborted || !isFinal(failure, failuresBefore)) throw error;
    return { outcome: 'failed', problem: failure.toProblem(), outputs: [] };
  }
}

/** The label of the output that should hold the text of its run and holds another, or is not there. */
async function strangeText(
  { batch: { identity } }: BatchEvidence,
  text: string,
  outputs: readonly RunOutput[],
): Promise<string | undefined> {
  if (identity === undefined) return undefined;
  const output = outputs.find(({ label }) => label === identity);
  // Nothing that is so much longer is that text with blanks around it.
  if (output === undefined || output.bytes > Buffer.byteLength(text) + MOST_BLANKS) return identity;
  const found = await mapFileErrors('outputs', async () => await readFile(output.path, 'utf8'));
  return found.trim() === text.trim() ? undefined : identity;
}

/** Of a job that vanished its directory may be gone too. */
async function outputsOf(
  { host }: LaneContext,
  attempt: Attempt,
  { state }: BatchStatus,
  signal: AbortSignal,
): Promise<readonly OutputFile[]> {
  try {
    return await host.listOutputs(attempt.id, signal);
  } catch (error) {
    if (signal.aborted || state === 'exited' || toCosmosError(error).code !== 'engine.work_dir_unusable') {
      throw error;
    }
    return [];
  }
}

/** Who has stopped it is said only where that was somebody else. */
function exitOf({ stop }: Attempt, { wasStopped, ...exit }: Exited): NonNullable<BatchEvidence['exit']> {
  return { ...exit, ...(wasStopped && stop === undefined && { wasStopped }) };
}

function cutOf(
  context: LaneContext,
  { stop }: Attempt,
  ready: ReadyAttempt,
  status: BatchStatus,
): Pick<BatchEvidence, 'cut'> {
  const end = endOfStop(stop, runLimits(context, ready));
  if (end !== undefined) return { cut: end };
  if (stop !== undefined || status.state === 'exited') return {};
  const problem = { code: 'engine.vanished', parameters: { detail: status.detail } } as const;
  return { cut: { outcome: 'lost', problem } };
}

function attemptEnd(
  context: LaneContext,
  { profile, items }: ReadyAttempt,
  { log, cut }: BatchEvidence,
  status: BatchStatus,
  back: ReadonlyMap<RunId, RunReturn>,
): AttemptEnd {
  const measured = status.state === 'exited' ? measure(context, status) : {};
  const isWell = status.state === 'exited' && profile.success.exit_codes.includes(status.exitCode);
  return {
    outcome: cut?.outcome ?? (isWell ? 'done' : 'failed'),
    ...(cut?.problem && { problem: cut.problem }),
    outputs: [],
    ...measured,
    items: back,
    ...(status.state === 'exited' && {
      shares: sharesOf(
        context,
        profile,
        items.filter(({ item }) => log.hasBegun(item)),
        status,
      ),
    }),
  };
}

/** What the host has measured, shared out among the runs that the model has worked on. */
function sharesOf(
  context: LaneContext,
  profile: ReadyAttempt['profile'],
  worked: readonly ReadyRun[],
  status: Exited,
): ReadonlyMap<RunId, RunShare> {
  const { gpuSeconds, hostStartedAt, hostEndedAt } = measure(context, status);
  const share = {
    gpuSeconds: gpuSeconds / Math.max(1, worked.length),
    modelMs: Math.round(aloneMs(profile, hostEndedAt - hostStartedAt, worked.length)),
  };
  return new Map(worked.map(({ run }) => [run.id, share]));
}
