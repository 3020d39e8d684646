import type { RequestId } from '../../../core/ids.ts';
import { type CommandHandler, refused } from '../command-context.ts';
import { requestAnswer, requestTitle } from './request-answer.ts';

export const confirm: CommandHandler = async (context, command) => {
  const { api, actor, openThread, idempotencyKey } = context;
  const id = (command.arguments['request'] ?? '').trim().toLowerCase() as RequestId;
  const proposed = api.requests.proposed(actor, id);
  if (!proposed.ok) return refused(proposed.problems);
  // A second yes changes nothing: its thread shows it already.
  if ('isBatch' in proposed.value) return requestAnswer(context, proposed.value);
  const checked = api.requests.check(actor, proposed.value);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(requestTitle(checked.value));
  const queued = api.requests.confirm(actor, id, {
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  return queued.ok ? requestAnswer(context, queued.value, thread) : refused(queued.problems);
};
