import { checkEnding } from '../../../core/access/access-policy.ts';
import type { RunRequest } from '../../../core/requests/request.ts';
import { answerCard } from '../../thread-view/answer-card.ts';
import { CANCEL_WORDS, cancelledRequestWords } from '../../wording/answers.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
} from '../command-context.ts';
import { findRunOrRequest } from './run-or-request.ts';
import { foundOrSuggested } from './suggestions.ts';

export const cancel: CommandHandler = (context, command) => {
  const { api, actor, role } = context;
  const found = foundOrSuggested(findRunOrRequest(api, command.arguments['run'] ?? ''), 'show');
  if (!found.ok) return found.refusal;
  if (found.value.kind === 'request') return cancelRequest(context, found.value.request);
  const { run } = found.value;
  const allowed = checkEnding(role, actor, run);
  if (!allowed.ok) return refused(allowed.problems);
  const result = api.cancelRun(actor, run);
  if (!result.ok) return refused(result.problems);
  const words = CANCEL_WORDS[result.value](run, api.isAttended(run));
  return answered(answerCard(words), { run: run.id, result: result.value });
};

function cancelRequest({ api, actor, role }: CommandContext, request: RunRequest): CommandResult {
  const allowed = checkEnding(role, actor, request);
  if (!allowed.ok) return refused(allowed.problems);
  const result = api.requests.cancel(actor, request);
  if (!result.ok) return refused(result.problems);
  return answered(answerCard(cancelledRequestWords(request.id, result.value)), {
    request: request.id,
    result: result.value,
  });
}
