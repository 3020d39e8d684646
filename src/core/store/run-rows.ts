import type { Problem } from '../errors.ts';
import type { AttemptId, LaneName, PrincipalId, ProfileId, PromptId, RequestId, RunId } from '../ids.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { OutputKind, Run, RunOutput, RunRelation, RunStage, RunState } from '../runs/run.ts';
import { fromJson, fromJsonOrUndefined } from './json.ts';

export interface RunRow {
  id: RunId;
  prompt_id: PromptId;
  prompt_name: string;
  request_id: RequestId;
  owner_id: PrincipalId;
  owner_name: string;
  parent_id: RunId | null;
  parent_relation: RunRelation | null;
  profile_id: ProfileId;
  profile_hash: string;
  text: string;
  negative_text: string;
  parameters: string;
  draft: string | null;
  priority: number;
  state: RunState;
  stage: RunStage | null;
  lane: LaneName | null;
  attempt_id: AttemptId | null;
  progress: string | null;
  problem: string | null;
  unreachable_since: number | null;
  cancel_requested_at: number | null;
  cancel_by: PrincipalId | null;
  cancel_by_name: string | null;
  rating: number | null;
  queued_at: number;
  started_at: number | null;
  finished_at: number | null;
  gpu_seconds: number | null;
  returns: number;
  return_problem: string | null;
  batch_limit: number | null;
  overtaken: number;
}

/** Selects `RunRow`s; append a WHERE clause on `runs`. */
export const SELECT_RUNS = `
SELECT runs.id, prompt_id, prompts.name AS prompt_name, request_id, runs.owner_id, owners.name AS owner_name,
  runs.parent_id, parent_relation, profile_id, profile_hash, runs.text, runs.negative_text, parameters, draft, priority,
  state, stage, lane, attempt_id, progress, problem, unreachable_since, cancel_requested_at, cancel_by,
  cancellers.name AS cancel_by_name, rating, queued_at, started_at, finished_at, gpu_seconds, returns, return_problem,
  batch_limit, overtaken
FROM runs
JOIN prompts ON prompts.id = runs.prompt_id
JOIN principals AS owners ON owners.id = runs.owner_id
LEFT JOIN principals AS cancellers ON cancellers.id = runs.cancel_by
`;

export interface OutputRow {
  kind: OutputKind;
  purpose: RunOutput['purpose'];
  label: string;
  path: string;
  bytes: number;
  sha256: string;
  facts: string | null;
  text: string | null;
}

export function toOutput({ facts, text, ...row }: OutputRow): RunOutput {
  return {
    ...row,
    ...(facts !== null && { facts: fromJson(facts) }),
    ...(text !== null && { text }),
  };
}

export function toRun(row: RunRow, inputs: readonly PromptInput[], outputs: readonly RunOutput[]): Run {
  const problem = fromJsonOrUndefined<Problem>(row.problem);
  const draft = fromJsonOrUndefined<string[]>(row.draft);
  const returned = fromJsonOrUndefined<Problem>(row.return_problem);
  const progress = fromJsonOrUndefined<NonNullable<Run['progress']>>(row.progress);
  return {
    id: row.id,
    promptId: row.prompt_id,
    promptName: row.prompt_name,
    requestId: row.request_id,
    owner: row.owner_id,
    ownerName: row.owner_name,
    profileId: row.profile_id,
    profileHash: row.profile_hash,
    text: row.text,
    negativeText: row.negative_text,
    inputs,
    parameters: fromJson(row.parameters),
    priority: row.priority,
    state: row.state,
    outputs,
    queuedAt: row.queued_at,
    ...(row.parent_id !== null &&
      row.parent_relation !== null && { parent: { run: row.parent_id, relation: row.parent_relation } }),
    ...(row.cancel_requested_at !== null &&
      row.cancel_by !== null && {
        cancel: { requestedAt: row.cancel_requested_at, by: row.cancel_by, byName: row.cancel_by_name ?? '' },
      }),
    ...present('draft', draft ?? null),
    ...present('stage', row.stage),
    ...present('lane', row.lane),
    ...present('attempt', row.attempt_id),
    ...present('problem', problem ?? null),
    ...present('progress', progress ?? null),
    ...present('unreachableSince', row.unreachable_since),
    overtaken: row.overtaken,
    ...present('returned', returned === undefined ? null : { times: row.returns, problem: returned }),
    ...present('batchLimit', row.batch_limit),
    ...present('rating', row.rating),
    ...present('startedAt', row.started_at),
    ...present('finishedAt', row.finished_at),
    ...present('gpuSeconds', row.gpu_seconds),
  };
}

/** `{ [key]: value }`, or nothing where the column is NULL: absent properties stay absent. */
function present<K extends keyof Run>(key: K, value: Run[K] | null): Pick<Run, K> | Record<never, never> {
  return value === null || value === undefined ? {} : { [key]: value };
}
