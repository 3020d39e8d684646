import { statusCard } from '../../thread-view/status-card.ts';
import { action } from '../../thread-view/text.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const retry: CommandHandler = async ({ api, views, actor, openThread, idempotencyKey }, command) => {
  const run = api.findRun(command.arguments['run'] ?? '');
  if (!run.ok)
    return refused(
      run.problems,
      suggestions(run.problems, (id) => action('retry', id, 'Retry it')),
    );
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
