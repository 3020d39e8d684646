import { checkEnding } from '../../../core/access/access-policy.ts';
import { answerCard } from '../../thread-view/answer-card.ts';
import { CANCEL_WORDS } from '../../wording/answers.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const cancel: CommandHandler = ({ api, actor, role }, command) => {
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'show');
  if (!run.ok) return run.refusal;
  const allowed = checkEnding(role, actor, run.value);
  if (!allowed.ok) return refused(allowed.problems);
  const result = api.cancelRun(actor, run.value);
  if (!result.ok) return refused(result.problems);
  const words = CANCEL_WORDS[result.value](run.value, api.isAttended(run.value));
  return answered(answerCard(words), {
    run: run.value.id,
    result: result.value,
  });
};
