import { statusCard } from '../../thread-view/status-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const retry: CommandHandler = async ({ api, views, actor, openThread, idempotencyKey }, command) => {
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'retry');
  if (!run.ok) return run.refusal;
  const checked = api.checkRetry(actor, run.value);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(run.value.promptName);
  const queued = api.retryRun(actor, run.value, {
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  if (!queued.ok) return refused(queued.problems);
  return answered(thread === undefined ? statusCard(views.status(queued.value)) : undefined, queued.value);
};
