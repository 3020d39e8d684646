import type { Problem } from '../errors.ts';
import type { AttemptId, LaneName, PrincipalId, ProfileId, PromptId, RequestId, RunId } from '../ids.ts';
import type { ParameterValues } from '../models/profile.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { MediaFacts } from '../ports/media.ts';
import type { PromptInput } from '../prompts/prompt.ts';

/** How a run came from another one. */
export type RunRelation = 'retry' | 'vary' | 'upscale' | 'promote' | 'reproduce';

/** Parts of an active run that are the bot's own; between `starting` and `collecting` the model's stages show. */
export type RunStage =
  | 'preparing'
  | 'resizing'
  | 'uploading'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'collecting'
  | 'verifying';

/** Ends of a run; each has its own words and next step. */
export const RUN_OUTCOMES = ['done', 'failed', 'blocked', 'cancelled', 'timed_out', 'lost'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

export const RUN_STATES = ['queued', 'active', ...RUN_OUTCOMES] as const;
export type RunState = (typeof RUN_STATES)[number];

export const OUTPUT_KINDS = ['video', 'image', 'text'] as const;
export type OutputKind = (typeof OUTPUT_KINDS)[number];

/** One collected and verified file of a finished run. */
export interface RunOutput {
  readonly kind: OutputKind;
  /** `primary` is the result; `control` is what the model was conditioned on. */
  readonly purpose: 'primary' | 'control';
  readonly label: string;
  /** Absolute path on our side. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Absent for texts. */
  readonly facts?: MediaFacts;
  /** Content of a text that is short enough to be shown. */
  readonly text?: string;
}

/** Where an active run stands; held in memory by the process that drives it and stored about once a second. */
export interface RunProgress {
  /** Key of a stage in the profile. */
  readonly modelStage?: string;
  /** 0 to 100, never falling within an attempt. */
  readonly percent?: number;
  /** Steps of the present bar, such as 12 of 35. */
  readonly step?: { readonly current: number; readonly total: number };
  /** Of the inputs or the outputs, while one of them is moved. */
  readonly transfer?: RunTransfer;
  /** Where it is among the runs that share its load of the model; absent for a run alone. */
  readonly batch?: BatchPlace;
  /** Remaining run time, ms. */
  readonly remainingMs?: TimeRange;
  /** The last lines of the log, oldest first. */
  readonly logTail: readonly string[];
  readonly updatedAt: UtcMs;
}

/** Where a run is in a list that the model works off one by one. */
export interface BatchPlace {
  /** From 1. */
  readonly place: number;
  readonly of: number;
  /** `ready`: its own part is done, and what it gives is about to be collected. */
  readonly state: 'waits' | 'works' | 'ready';
}

/** How far files are on their way, all together. */
export interface RunTransfer {
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Absent until it means something, and while nothing moves. */
  readonly bytesPerSecond?: number;
  /** As rate and rest make it, ms; absent until it means something. */
  readonly remainingMs?: number;
}

/** An honest estimate: between `low` and `high` milliseconds. */
export interface TimeRange {
  readonly low: number;
  readonly high: number;
}

/** One execution of a prompt with one model and one set of parameters; self-contained once queued. */
export interface Run {
  readonly id: RunId;
  readonly promptId: PromptId;
  readonly promptName: string;
  readonly requestId: RequestId;
  readonly owner: PrincipalId;
  readonly ownerName: string;
  readonly profileId: ProfileId;
  /** SHA-256 of the resolved profile that is stored with the run. */
  readonly profileHash: string;
  readonly text: string;
  readonly negativeText: string;
  readonly inputs: readonly PromptInput[];
  /** Complete: defaults are filled in when the run is queued. */
  readonly parameters: ParameterValues;
  readonly parent?: { readonly run: RunId; readonly relation: RunRelation };
  /** Names of the parameters that make it a draft; absent where it is none. */
  readonly draft?: readonly string[];
  /** Higher goes first; 0 is usual. */
  readonly priority: number;
  readonly state: RunState;
  readonly stage?: RunStage;
  readonly lane?: LaneName;
  readonly attempt?: AttemptId;
  readonly cancel?: { readonly requestedAt: UtcMs; readonly by: PrincipalId; readonly byName: string };
  /** Why it failed, was blocked, timed out or was lost; what an active run waits for, where that is not its job. */
  readonly problem?: Problem;
  /** Since when the host does not answer; absent while it does. */
  readonly unreachableSince?: UtcMs;
  readonly progress?: RunProgress;
  readonly outputs: readonly RunOutput[];
  /** It came back from a batch that others have ended, and why the last time. */
  readonly returned?: { readonly times: number; readonly problem: Problem };
  /** With how many runs it may share a load of the model, itself included; absent where nothing limits that. */
  readonly batchLimit?: number;
  /** Runs behind it in the queue that a batch has taken before it. */
  readonly overtaken?: number;
  readonly rating?: number;
  readonly queuedAt: UtcMs;
  readonly startedAt?: UtcMs;
  readonly finishedAt?: UtcMs;
  /** Host's own measure of the model's run time × GPUs of the lane, seconds. */
  readonly gpuSeconds?: number;
}

/** What is shown of a run's transfer: while nobody answers, or something holds the run up, not how fast it was. */
export function transferOf(run: Run): RunTransfer | undefined {
  const transfer = run.progress?.transfer;
  if (transfer === undefined || (run.stage !== 'uploading' && run.stage !== 'collecting')) return undefined;
  if (run.unreachableSince === undefined && run.problem === undefined) return transfer;
  return { doneBytes: transfer.doneBytes, totalBytes: transfer.totalBytes };
}

/** Somebody has cancelled it, and it is not yet beyond that: the result of a run alone is taken over all the same. */
export function isStopping({ cancel, stage, progress }: Run): boolean {
  const isBeyond = progress?.batch === undefined && (stage === 'collecting' || stage === 'verifying');
  return cancel !== undefined && !isBeyond;
}

export function isFinished(state: RunState): state is RunOutcome {
  return state !== 'queued' && state !== 'active';
}
