import type { CosmosApi } from '../../../core/cosmos-api.ts';
import { type Checked, valid } from '../../../core/errors.ts';
import type { RunRequest } from '../../../core/requests/request.ts';
import type { Run } from '../../../core/runs/run.ts';
import { findPromptOrRun, type PromptOrRun } from './prompt-or-run.ts';

export type RunOrRequest =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'request'; readonly request: RunRequest };

/** What an id of either kind names: what begins as the id of a request does is one. */
export function findRunOrRequest(api: CosmosApi, given: string): Checked<RunOrRequest> {
  if (isRequestLike(given)) {
    const request = api.requests.find(given);
    return request.ok ? valid({ kind: 'request', request: request.value }) : request;
  }
  const run = api.findRun(given);
  return run.ok ? valid({ kind: 'run', run: run.value }) : run;
}

/** The same for prompts too. */
export function findAny(api: CosmosApi, given: string): Checked<PromptOrRun | RunOrRequest> {
  return isRequestLike(given) ? findRunOrRequest(api, given) : findPromptOrRun(api, given);
}

function isRequestLike(given: string): boolean {
  return given.trim().toLowerCase().startsWith('rq_');
}
