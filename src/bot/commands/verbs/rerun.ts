import { requestOf } from '../../../core/requests/request-plan.ts';
import { assignedValues } from '../arguments.ts';
import { type CommandHandler, refused } from '../command-context.ts';
import { queueOrder } from './follow-up.ts';
import { queueRequest } from './queue-request.ts';
import { foundOrSuggested } from './suggestions.ts';

/** One run goes by itself, several values make many that go as one request. */
export const rerun: CommandHandler = async (context, command) => {
  const { api } = context;
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'rerun', command);
  if (!run.ok) return run.refusal;
  const { model, draft } = command.options;
  const order = api.orders.rerun(run.value, {
    parameters: assignedValues(command.assignments),
    ...(typeof model === 'string' && { model }),
    ...(typeof draft === 'boolean' && { draft }),
  });
  if (!order.ok) return refused(order.problems);
  const request = requestOf(order.value);
  const plan = api.requests.plan(request);
  if (!plan.ok) return refused(plan.problems);
  const [first, ...others] = plan.value.runs;
  if (others.length > 0) return await queueRequest(context, command, request, plan.value);
  const { parameters } = first.order;
  return await queueOrder(context, command, { ...order.value, parameters }, run.value);
};
