import type { RunRequest } from '../../../core/requests/request.ts';
import type { Run } from '../../../core/runs/run.ts';
import { statusCard } from '../../thread-view/status-card.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
} from '../command-context.ts';
import { requestAnswer, requestTitle } from './request-answer.ts';
import { findRunOrRequest } from './run-or-request.ts';
import { foundOrSuggested } from './suggestions.ts';

export const retry: CommandHandler = async (context, command) => {
  const found = foundOrSuggested(
    findRunOrRequest(context.api, command.arguments['run'] ?? ''),
    'retry',
    command,
  );
  if (!found.ok) return found.refusal;
  return found.value.kind === 'request'
    ? await retryRequest(context, found.value.request)
    : await retryRun(context, found.value.run);
};

async function retryRun(
  { api, views, actor, openThread, idempotencyKey }: CommandContext,
  run: Run,
): Promise<CommandResult> {
  const checked = api.checkRetry(actor, run);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(run.promptName);
  const queued = api.retryRun(actor, run, {
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  if (!queued.ok) return refused(queued.problems);
  return answered(thread === undefined ? statusCard(views.status(queued.value)) : undefined, queued.value);
}

async function retryRequest(context: CommandContext, request: RunRequest): Promise<CommandResult> {
  const { api, actor, openThread, idempotencyKey } = context;
  const checked = api.requests.checkRetry(actor, request);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(requestTitle(checked.value));
  const queued = api.requests.retry(actor, request, {
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  return queued.ok ? requestAnswer(context, queued.value, thread) : refused(queued.problems);
}
