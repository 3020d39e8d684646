import type { ThreadId } from '../../../core/ids.ts';
import type { RunRequest } from '../../../core/requests/request.ts';
import type { RequestPlan } from '../../../core/requests/request-plan.ts';
import { requestCard } from '../../thread-view/request-card.ts';
import { runsOf } from '../../thread-view/request-parts.ts';
import { answered, type CommandContext, type CommandResult, runData } from '../command-context.ts';

/** What somebody reads who has queued a request: nothing more where a thread shows it. */
export function requestAnswer(
  context: CommandContext,
  request: RunRequest,
  thread?: ThreadId,
): CommandResult {
  const card = thread === undefined ? requestCard(context.views.request(request)) : undefined;
  return answered(card, requestData(context, request));
}

/** A request as `--json` prints it. */
export function requestData({ api }: Pick<CommandContext, 'api'>, request: RunRequest) {
  return { ...request, runs: api.requests.runsOf(request).map(runData) };
}

/** Title of a thread for many runs. */
export function requestTitle({ runs }: Pick<RequestPlan, 'runs'>): string {
  return runsOf(runs.length, [...new Set(runs.map(({ prompt }) => prompt.name))]);
}
