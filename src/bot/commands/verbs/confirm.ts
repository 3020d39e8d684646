import { answerCard } from '../../thread-view/answer-card.ts';
import { action } from '../../thread-view/text.ts';
import { queuedAlready } from '../../wording/answers.ts';
import { SUGGESTION_WORDS } from '../../wording/suggestion-words.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { requestAnswer, requestData, requestTitle } from './request-answer.ts';

export const confirm: CommandHandler = async (context, command) => {
  const { api, actor, openThread, idempotencyKey } = context;
  const found = api.requests.findProposed(actor, command.arguments['request'] ?? '');
  if (!found.ok) return refused(found.problems);
  const id = found.value;
  const proposed = api.requests.proposed(actor, id);
  if (!proposed.ok) return refused(proposed.problems);
  if ('isBatch' in proposed.value) {
    const card = answerCard(queuedAlready(id), { actions: [action('show', id, SUGGESTION_WORDS.show)] });
    return answered(card, requestData(context, proposed.value));
  }
  const checked = api.requests.check(actor, proposed.value);
  if (!checked.ok) return refused(checked.problems);
  const thread = await openThread?.(requestTitle(checked.value));
  const queued = api.requests.confirm(actor, id, {
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  return queued.ok ? requestAnswer(context, queued.value, thread) : refused(queued.problems);
};
