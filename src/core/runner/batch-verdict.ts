import type { ErrorCode, Problem } from '../errors.ts';
import { outputsOfItem } from '../models/batch-outputs.ts';
import { judge, type MatchedOutput } from '../models/outcome.ts';
import type { BatchRule, Profile } from '../models/profile.ts';
import type { OutputFile } from '../ports/host.ts';
import type { BatchFindings } from '../runs/batch-tracker.ts';
import type { FoundFailure, LogFindings } from '../runs/log-findings.ts';
import type { RunOutcome } from '../runs/run.ts';
import type { RunEnd, RunReturn } from '../store/run-ends.ts';

/** How often a run comes back from batches; after that it runs alone, and its own end is its end. */
const MOST_RETURNS = 3;

/** What is known of a job of several runs once nothing of it is alive. */
export interface BatchEvidence {
  readonly profile: Profile;
  readonly batch: BatchRule;
  /** Runs in the list. */
  readonly size: number;
  readonly log: BatchFindings;
  /** Below `out/`. */
  readonly outputs: readonly OutputFile[];
  /** Absent where it vanished. */
  readonly exit?: { readonly exitCode: number; readonly outOfMemory?: true; readonly wasStopped?: true };
  /** What becomes of the run at work where we have stopped the job, or where it has vanished. */
  readonly cut?: { readonly outcome: RunOutcome; readonly problem?: Problem };
}

/** What becomes of one run of a batch. */
export type ItemVerdict =
  /** Its outputs are to be collected and proved. */
  | { readonly act: 'collect'; readonly outputs: readonly MatchedOutput[] }
  | { readonly act: 'end'; readonly end: RunEnd }
  | { readonly act: 'return'; readonly back: RunReturn };

/**
 * What becomes of the run at place `item`, from proof alone, whatever becomes of the others: what it gave before the
 * job ended is its own; what ended the job is the end of the run that was at work; the rest goes back to the queue.
 */
export function judgeItem(
  evidence: BatchEvidence,
  item: number,
  run: { readonly isCancelled: boolean; readonly returns: number },
): ItemVerdict {
  if (run.isCancelled) return ended({ outcome: 'cancelled' });
  const { log } = evidence;
  if (log.hasEnded(item)) return judgeEnded(evidence, item);
  if (log.atWork === item) return judgeAtWork(evidence, item, run.returns);
  if (log.hasBegun(item)) return judgePassed(evidence, item, run.returns);
  return back(cause(evidence), run.returns);
}

/** The log says that all of it is there: is it? */
function judgeEnded({ profile, batch, log, outputs }: BatchEvidence, item: number): ItemVerdict {
  const own = log.findings(item);
  const verdict = judge({
    profile: ofItem(profile, batch, item),
    exitCode: passedCode(profile),
    // What ended a later run may stand behind this one in the log.
    log: withMarker(own, true, isBlocking),
    outputs,
  });
  return toVerdict(verdict);
}

/** The model went on without it. */
function judgePassed(evidence: BatchEvidence, item: number, returns: number): ItemVerdict {
  const { profile, batch, log, outputs, size } = evidence;
  const own = log.findings(item);
  if (ranOutOfMemory(own)) return back(memory(size), returns);
  const exitCode = passedCode(profile);
  return toVerdict(
    judge({ profile: ofItem(profile, batch, item), exitCode, log: withMarker(own, false), outputs }),
  );
}

/** Whatever has ended the job has ended it in the middle of this run. */
function judgeAtWork(evidence: BatchEvidence, item: number, returns: number): ItemVerdict {
  const { profile, batch, log, outputs, size, exit, cut } = evidence;
  const own = log.findings(item);
  const isBlocked = own.failures.some(isBlocking);
  if (cut !== undefined && !isBlocked) {
    return cut.outcome === 'cancelled' ? back(left(cut.outcome), returns) : ended(cut);
  }
  if (!isBlocked && (exit?.outOfMemory === true || ranOutOfMemory(own))) return back(memory(size), returns);
  return toVerdict(
    judge({
      profile: ofItem(profile, batch, item),
      exitCode: exit?.exitCode ?? 1,
      ...(exit?.outOfMemory && { outOfMemory: true }),
      ...(exit?.wasStopped && { wasStopped: true }),
      log: withMarker(own, false),
      outputs,
    }),
  );
}

/** Why a run that never had its turn goes back. */
function cause(evidence: BatchEvidence): RunReturn {
  const { log, size, exit, cut, profile } = evidence;
  const { atWork } = log;
  const stopper = atWork === undefined ? log.outside : log.findings(atWork);
  const isBlocked = stopper.failures.some(isBlocking);
  if (cut === undefined && !isBlocked && (exit?.outOfMemory === true || ranOutOfMemory(stopper))) {
    return memory(size);
  }
  if (cut !== undefined && atWork !== undefined) return left(cut.outcome);
  if (atWork !== undefined) return left(isBlocked ? 'blocked' : 'failed');
  const verdict = judge({
    profile,
    exitCode: exit?.exitCode ?? 1,
    log: withMarker(stopper, false),
    outputs: [],
  });
  const code: ErrorCode | undefined =
    cut?.problem?.code ?? (verdict.outcome === 'done' ? undefined : verdict.problem.code);
  return alone({ code: 'queue.batch_failed', parameters: { runs: size, ...(code && { cause: code }) } });
}

/** Tried again with others, unless that has been tried too often. */
function back(back: RunReturn, returns: number): ItemVerdict {
  return { act: 'return', back: returns + 1 >= MOST_RETURNS ? { ...back, batchLimit: 1 } : back };
}

/** The run goes back and is tried alone. */
export function alone(problem: Problem): RunReturn {
  return { outcome: 'returned', problem, batchLimit: 1 };
}

function left(outcome: RunOutcome): RunReturn {
  return { outcome: 'returned', problem: { code: 'queue.batch_left', parameters: { outcome } } };
}

function memory(runs: number): RunReturn {
  const limit = Math.max(1, Math.floor(runs / 2));
  return {
    outcome: 'returned',
    problem: { code: 'queue.batch_memory', parameters: { runs, limit } },
    batchLimit: limit,
  };
}

function ended(end: Omit<RunEnd, 'outputs'>): ItemVerdict {
  return { act: 'end', end: { ...end, outputs: [] } };
}

function toVerdict(verdict: ReturnType<typeof judge>): ItemVerdict {
  if (verdict.outcome === 'done') return { act: 'collect', outputs: verdict.outputs };
  return ended(verdict);
}

function ranOutOfMemory({ failures: [first] }: LogFindings): boolean {
  return first?.signature.out_of_memory === true;
}

/** The findings about a run, where the line that ends it stands for the marker of a lone run. */
function withMarker(
  { failures, texts, lastLine }: LogFindings,
  hasMarker: boolean,
  counts: (failure: FoundFailure) => boolean = () => true,
): LogFindings {
  return { failures: failures.filter(counts), hasMarker, texts, lastLine };
}

function isBlocking({ signature }: FoundFailure): boolean {
  return signature.outcome === 'blocked';
}

/** The profile as if that run were alone. */
function ofItem(profile: Profile, batch: BatchRule, item: number): Profile {
  return { ...profile, success: { ...profile.success, outputs: [...outputsOfItem(profile, batch, item)] } };
}

/** An exit code that is no failure: the model went on. */
function passedCode({ success }: Profile): number {
  return success.exit_codes[0] ?? 0;
}
