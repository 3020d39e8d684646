import { statusCard } from '../../thread-view/status-card.ts';
import { assignedValues } from '../arguments.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const rerun: CommandHandler = async ({ api, views, actor, openThread, idempotencyKey }, command) => {
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'rerun');
  if (!run.ok) return run.refusal;
  const { model, priority } = command.options;
  const order = api.orders.rerun(run.value, {
    parameters: assignedValues(command.assignments),
    ...(typeof model === 'string' && { model }),
  });
  if (!order.ok) return refused(order.problems);
  const checked = api.checkRun(actor, order.value);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(run.value.promptName);
  const queued = api.rerunRun(actor, run.value, order.value, {
    ...(typeof priority === 'number' && { priority }),
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  if (!queued.ok) return refused(queued.problems);
  return answered(thread === undefined ? statusCard(views.status(queued.value)) : undefined, queued.value);
};
