import { assignedValues } from '../arguments.ts';
import { type CommandHandler, refused } from '../command-context.ts';
import { queueOrder } from './follow-up.ts';
import { foundOrSuggested } from './suggestions.ts';

export const promote: CommandHandler = async (context, command) => {
  const run = foundOrSuggested(context.api.findRun(command.arguments['run'] ?? ''), 'promote', command);
  if (!run.ok) return run.refusal;
  const order = context.api.orders.promote(run.value, assignedValues(command.assignments));
  return order.ok ? await queueOrder(context, command, order.value, run.value) : refused(order.problems);
};
