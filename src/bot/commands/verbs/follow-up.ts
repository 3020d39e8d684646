import type { AttemptPlan } from '../../../core/ports/host.ts';
import type { FollowUp } from '../../../core/runs/follow-ups.ts';
import type { Run } from '../../../core/runs/run.ts';
import type { RerunOrder, RunOrder } from '../../../core/runs/run-service.ts';
import { dryRunCard } from '../../thread-view/dry-run-card.ts';
import { statusCard } from '../../thread-view/status-card.ts';
import { assignedValues, type ParsedCommand } from '../arguments.ts';
import { answered, type CommandContext, type CommandResult, refused } from '../command-context.ts';

/** What was typed of a model that goes on with something; `model=…` and `text=…` are as good as the options. */
export function followUpOf({ options, assignments }: ParsedCommand): FollowUp {
  const { model: modelTyped, text: textTyped, ...parameters } = assignedValues(assignments);
  const model = options['model'] ?? modelTyped;
  const text = options['text'] ?? textTyped;
  return {
    parameters,
    ...(typeof model === 'string' && { model }),
    ...(typeof text === 'string' && { text }),
  };
}

export async function queueOrder(
  context: CommandContext,
  command: ParsedCommand,
  order: RunOrder,
): Promise<CommandResult>;
/** Shown where `from` is, unless it was asked for somewhere else. */
export async function queueOrder(
  context: CommandContext,
  command: ParsedCommand,
  order: RerunOrder,
  from: Run,
): Promise<CommandResult>;
/** Queues an order as it was asked for, or shows what would be sent; in a chat, the thread shows it. */
export async function queueOrder(
  context: CommandContext,
  { options: { priority, 'dry-run': isDry } }: ParsedCommand,
  order: RunOrder | RerunOrder,
  from?: Run,
): Promise<CommandResult> {
  if (isDry === true) return dryRun(context, order);
  const { api, views, actor, openThread, idempotencyKey } = context;
  const checked = api.checkRun(actor, order);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(order.prompt.name);
  const options = {
    ...(typeof priority === 'number' && { priority }),
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  };
  const queued =
    from !== undefined && 'parent' in order
      ? api.rerunRun(actor, from, order, options)
      : api.queueRun(actor, order, options);
  if (!queued.ok) return refused(queued.problems);
  return answered(thread === undefined ? statusCard(views.status(queued.value)) : undefined, queued.value);
}

function dryRun({ api, localFiles }: CommandContext, order: RunOrder): CommandResult {
  const plan = api.previewJob(order, { localFiles });
  return plan.ok ? answered(dryRunCard(plan.value), sentTo(plan.value)) : refused(plan.problems);
}

/** What a host would get, without what only a real attempt has. */
export function sentTo({
  files,
  inputs,
  argv,
  environment,
  secretEnvironment = {},
  workingDirectory,
}: AttemptPlan) {
  return { files, inputs, argv, environment, secretEnvironment, workingDirectory };
}
