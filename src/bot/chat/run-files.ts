import { extname } from 'node:path';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { mimeOf } from '../../core/media/mime-of.ts';
import type { UploadFile } from '../../core/ports/chat.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import type { Run, RunOutcome, RunOutput } from '../../core/runs/run.ts';

/** A file that goes with a card. */
export interface WantedFile extends UploadFile {
  /** Where it is too large, the end of the run's log is sent instead. */
  readonly logOf?: Run;
  /** It is made when it is sent: what is known of it before is its name. */
  readonly contactSheetOf?: RunRequest;
}

/** Ends whose log tells why; who has cancelled a run knows. */
const TOLD_BY_LOG: ReadonlySet<RunOutcome> = new Set(['failed', 'blocked', 'timed_out', 'lost']);

/** An output of a run under a name that says what it is; the result itself has no `label`. */
export function outputFile(run: Run, output: RunOutput, label?: string): WantedFile {
  const extension = extname(output.path).slice(1);
  const suffix = label === undefined ? '' : `-${label.replaceAll(/[^\p{L}\p{N}_]+/gu, '-')}`;
  return {
    path: output.path,
    name: `${run.promptName}-${run.id}${suffix}.${extension}`,
    bytes: output.bytes,
    mime: output.kind === 'text' ? 'text/plain' : mimeOf(output.kind, extension),
  };
}

/** The pictures of all results of a request, on one. */
export function contactSheetFile(request: RunRequest): WantedFile {
  return {
    path: '',
    name: `${request.id}-contact-sheet.jpg`,
    bytes: 0,
    mime: 'image/jpeg',
    contactSheetOf: request,
  };
}

/** An output of a run by its place, the result itself under the name of the prompt; undefined where there is none. */
export function resultFile(run: Run, position: number): WantedFile | undefined {
  const output = run.outputs[position];
  if (output === undefined) return undefined;
  return outputFile(run, output, output.purpose === 'primary' ? undefined : output.label);
}

/** The log of a run that ended without a result, secrets masked as in every copy of it; undefined where it has none. */
export function logFile(run: Run, outcome: RunOutcome, { log }: CosmosApi): WantedFile | undefined {
  const path = TOLD_BY_LOG.has(outcome) ? log.path(run) : undefined;
  const bytes = path === undefined ? 0 : log.bytes(run);
  if (path === undefined || bytes === 0) return undefined;
  return { path, name: `${run.promptName}-${run.id}.log`, bytes, mime: 'text/plain', logOf: run };
}
