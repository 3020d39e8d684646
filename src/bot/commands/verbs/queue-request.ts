import type { RequestOrder, RequestPlan } from '../../../core/requests/request-plan.ts';
import { planCard } from '../../thread-view/plan-card.ts';
import type { ParsedCommand } from '../arguments.ts';
import { answered, type CommandContext, type CommandResult, refused } from '../command-context.ts';
import { requestAnswer, requestTitle } from './request-answer.ts';

/** Queues many runs as one request; very many are shown first, and wait for a yes unless `--yes` says it. */
export async function queueRequest(
  context: CommandContext,
  { options: { priority, yes } }: ParsedCommand,
  order: RequestOrder,
  plan: RequestPlan,
): Promise<CommandResult> {
  const { api, actor, openThread, idempotencyKey } = context;
  const checked = api.requests.check(actor, order);
  if (!checked.ok) return refused(checked.problems);
  if (plan.needsConfirmation && yes !== true) {
    const id = api.requests.propose(actor, order, typeof priority === 'number' ? priority : undefined);
    return answered(planCard(plan, { confirm: id }), { ...planData(plan), confirm: id });
  }
  const thread = await openThread?.(requestTitle(plan));
  const queued = api.requests.queue(actor, order, {
    ...(typeof priority === 'number' && { priority }),
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  return queued.ok ? requestAnswer(context, queued.value, thread) : refused(queued.problems);
}

/** Every run with what it would be given, as `--json` prints it. */
export function planData({ runs, varied, expected }: RequestPlan) {
  return {
    count: runs.length,
    varied,
    expected,
    runs: runs.map(({ prompt, model, parameters, draft, expected: time }) => ({
      ...{ promptId: prompt.id, profileId: model.profile.id, parameters, draft },
      expected: time,
    })),
  };
}
