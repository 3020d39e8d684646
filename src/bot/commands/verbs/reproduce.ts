import { type CommandHandler, refused } from '../command-context.ts';
import { queueOrder } from './follow-up.ts';
import { foundOrSuggested } from './suggestions.ts';

export const reproduce: CommandHandler = async (context, command) => {
  const { api } = context;
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'reproduce', command);
  if (!run.ok) return run.refusal;
  const order = api.followUps.reproduce(run.value);
  return order.ok ? await queueOrder(context, command, order.value, run.value) : refused(order.problems);
};
