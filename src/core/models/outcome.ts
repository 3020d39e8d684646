import { posix } from 'node:path';
import type { ErrorParameters, Problem } from '../errors.ts';
import type { OutputFile } from '../ports/host.ts';
import type { FoundFailure, LogFindings } from '../runs/log-findings.ts';
import type { RunOutput } from '../runs/run.ts';
import type { DeclaredOutput, Profile } from './profile.ts';

/** A file that the profile declares as an output; whether it is what it claims to be is proved by decoding it. */
export interface MatchedOutput extends OutputFile, Pick<RunOutput, 'kind' | 'purpose' | 'label'> {
  /** Frames that a video must have; 1 where the profile does not say. */
  readonly minFrames: number;
  /** A text that the log holds: there is no such file on the host. */
  readonly text?: string;
}

export type Verdict =
  | { readonly outcome: 'done'; readonly outputs: readonly MatchedOutput[] }
  | { readonly outcome: 'failed' | 'blocked'; readonly problem: Problem };

export interface Evidence {
  readonly profile: Profile;
  readonly exitCode: number;
  /** A process of the job was killed because memory ran out. */
  readonly outOfMemory?: true;
  /** Somebody else than the bot has asked the job to stop. */
  readonly wasStopped?: true;
  readonly log: LogFindings;
  /** Below `out/`. */
  readonly outputs: readonly OutputFile[];
}

/** Signals from outside that end a program as a shell reports them: 128 and the number. */
const KILLED: Readonly<Record<number, string>> = { 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' };

/**
 * What became of a job that ended by itself, from proof alone. A guardrail counts before everything: models end with 0
 * after one. Then exit code, success marker and every required output, non-empty, must be there; without them a
 * stop from outside, or the first failure signature of the profile, says why. Problems:
 * - `model.guardrail` and `model.failure_signature`: `signature`, `detail` (the line), `exitCode`, `retryable`,
 *   `advice`?, and the groups of the pattern
 * - `model.killed`: `exitCode`, `signal`, `reason`? (`out_of_memory`, `stopped_from_outside`)
 * - `model.exit_code`: `exitCode`, `detail`? (the last line)
 * - `model.output_missing`: `output` (labels), `missing` (list of globs), `marker`? where the log lacks it
 */
export function judge(evidence: Evidence): Verdict {
  const { profile, exitCode, log, outputs, outOfMemory = false, wasStopped = false } = evidence;
  const blocked = log.failures.find(({ signature }) => signature.outcome === 'blocked');
  if (blocked !== undefined) return { outcome: 'blocked', problem: signatureProblem(blocked, exitCode) };

  const matched = matchOutputs(profile, outputs, log.texts);
  const missing = missingOutputs(profile, matched);
  const exitedWell = profile.success.exit_codes.includes(exitCode);
  if (exitedWell && missing.length === 0 && log.hasMarker) return { outcome: 'done', outputs: matched };

  // What a program prints when it is stopped looks like a failure of its own.
  if (!exitedWell && wasStopped && !outOfMemory) return { outcome: 'failed', problem: stopProblem(exitCode) };
  const [failure] = log.failures;
  if (failure !== undefined) return { outcome: 'failed', problem: signatureProblem(failure, exitCode) };
  if (!exitedWell && outOfMemory) return { outcome: 'failed', problem: memoryProblem(exitCode) };
  if (!exitedWell) return { outcome: 'failed', problem: exitProblem(exitCode, log.lastLine) };
  return { outcome: 'failed', problem: missingProblem(profile, missing, log.hasMarker) };
}

/** Each file belongs to the first declaration that fits it; empty files and others are left out. In declared order. */
function matchOutputs(
  profile: Profile,
  files: readonly OutputFile[],
  texts: LogFindings['texts'],
): readonly MatchedOutput[] {
  const declared = profile.success.outputs;
  const present = files.filter(({ bytes }) => bytes > 0);
  return declared.flatMap((output, index) =>
    printedOr(output, texts, present)
      .filter(({ path }) => declared.findIndex((other) => posix.matchesGlob(path, other.path)) === index)
      .map((file) => ({
        ...file,
        kind: output.kind,
        purpose: output.purpose,
        label: output.label,
        minFrames: output.min_frames ?? 1,
      })),
  );
}

/** A text that the model prints is in its log; everything else is a file. */
function printedOr(
  { path, from_log: source }: DeclaredOutput,
  texts: LogFindings['texts'],
  files: readonly OutputFile[],
): readonly (OutputFile & Pick<MatchedOutput, 'text'>)[] {
  if (source === undefined) return files;
  const text = texts.get(path);
  return text === undefined ? [] : [{ path, bytes: Buffer.byteLength(text), text }];
}

function missingOutputs({ success }: Profile, matched: readonly MatchedOutput[]): readonly DeclaredOutput[] {
  return success.outputs.filter(
    (output) => output.required && !matched.some(({ path }) => posix.matchesGlob(path, output.path)),
  );
}

function signatureProblem({ signature, line, groups }: FoundFailure, exitCode: number): Problem {
  const { key, outcome, retryable, advice } = signature;
  const parameters: ErrorParameters = {
    ...groups,
    signature: key,
    detail: line.trim(),
    exitCode,
    retryable,
    ...(advice !== undefined && { advice }),
  };
  return { code: outcome === 'blocked' ? 'model.guardrail' : 'model.failure_signature', parameters };
}

function exitProblem(exitCode: number, lastLine: string): Problem {
  const signal = KILLED[exitCode];
  if (signal !== undefined) return { code: 'model.killed', parameters: { exitCode, signal } };
  return { code: 'model.exit_code', parameters: { exitCode, ...(lastLine !== '' && { detail: lastLine }) } };
}

/** Whatever code the launcher of a killed worker ended with. */
function memoryProblem(exitCode: number): Problem {
  return { code: 'model.killed', parameters: { exitCode, signal: 'SIGKILL', reason: 'out_of_memory' } };
}

/** The job may have answered the signal with a code of its own. */
function stopProblem(exitCode: number): Problem {
  const signal = KILLED[exitCode] ?? 'SIGTERM';
  return { code: 'model.killed', parameters: { exitCode, signal, reason: 'stopped_from_outside' } };
}

function missingProblem(
  { success }: Profile,
  missing: readonly DeclaredOutput[],
  hasMarker: boolean,
): Problem {
  const lacking =
    missing.length > 0 ? missing : success.outputs.filter(({ purpose }) => purpose === 'primary');
  return {
    code: 'model.output_missing',
    parameters: {
      output: lacking.map(({ label }) => label),
      missing: missing.map(({ path }) => path),
      ...(!hasMarker && success.marker !== undefined && { marker: success.marker }),
    },
  };
}
