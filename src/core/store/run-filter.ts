import type { PrincipalId, PromptId, RequestId, ThreadId } from '../ids.ts';
import type { RunState } from '../runs/run.ts';
import { likePattern, prefixRange } from './patterns.ts';

/** Which runs are listed. */
export interface RunFilter {
  readonly limit: number;
  readonly state?: RunState;
  /** Any of these. */
  readonly states?: readonly RunState[];
  /** Shown in this thread. */
  readonly thread?: ThreadId;
  /** Beginning of the run's id, or part of the prompt's name. */
  readonly search?: string;
  readonly promptId?: PromptId;
  readonly owner?: PrincipalId;
  readonly request?: RequestId;
}

/** The same in SQL, about the table `runs`. */
export function conditions(filter: Omit<RunFilter, 'limit'>): { where: string; values: string[] } {
  const { state, states, promptId, owner, request, thread, search } = filter;
  const given: readonly (readonly [condition: string, ...values: (string | undefined)[]])[] = [
    ['runs.state = ?', state],
    ['runs.state IN (SELECT value FROM json_each(?))', states && JSON.stringify(states)],
    ['runs.prompt_id = ?', promptId],
    ['runs.owner_id = ?', owner],
    ['runs.request_id = ?', request],
    ['runs.id IN (SELECT run_id FROM run_threads WHERE thread_id = ?)', thread],
    [
      `(runs.id >= ? AND runs.id < ?
        OR runs.prompt_id IN (SELECT id FROM prompts WHERE name LIKE ? ESCAPE '\\'))`,
      ...(search === undefined ? [undefined] : [...prefixRange(search), likePattern(search)]),
    ],
  ];
  const used = given.filter(([, first]) => first !== undefined);
  return {
    where: ['WHERE runs.deleted_at IS NULL', ...used.map(([condition]) => condition)].join(' AND '),
    values: used.flatMap(([, ...values]) => values.filter((value) => value !== undefined)),
  };
}
