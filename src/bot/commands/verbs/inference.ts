import type { AttemptPlan } from '../../../core/ports/host.ts';
import type { RunOrder } from '../../../core/runs/run-service.ts';
import { dryRunCard } from '../../thread-view/dry-run-card.ts';
import { statusCard } from '../../thread-view/status-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const inference: CommandHandler = async (
  { api, views, actor, openThread, idempotencyKey, localFiles },
  command,
) => {
  const prompt = foundOrSuggested(api.findPrompt(command.arguments['prompt'] ?? ''), 'inference');
  if (!prompt.ok) return prompt.refusal;
  const { model, priority } = command.options;
  const order: RunOrder = {
    prompt: prompt.value,
    parameters: Object.fromEntries(command.assignments.map(({ name, value }) => [name, value])),
    ...(typeof model === 'string' && { model }),
  };
  if (command.options['dry-run'] === true) {
    const plan = api.previewJob(order, { localFiles });
    return plan.ok ? answered(dryRunCard(plan.value), sent(plan.value)) : refused(plan.problems);
  }
  const checked = api.checkRun(actor, order);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(prompt.value.name);
  const queued = api.queueRun(actor, order, {
    ...(typeof priority === 'number' && { priority }),
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  if (!queued.ok) return refused(queued.problems);
  return answered(thread === undefined ? statusCard(views.status(queued.value)) : undefined, queued.value);
};

/** What a host would get, without what only a real attempt has. */
function sent({ files, inputs, argv, environment, secretEnvironment = {}, workingDirectory }: AttemptPlan) {
  return { files, inputs, argv, environment, secretEnvironment, workingDirectory };
}
