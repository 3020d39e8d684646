import { answerCard } from '../../thread-view/answer-card.ts';
import { action } from '../../thread-view/text.ts';
import { CANCEL_WORDS } from '../../wording/answers.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const cancel: CommandHandler = ({ api, actor }, command) => {
  const run = api.findRun(command.arguments['run'] ?? '');
  if (!run.ok)
    return refused(
      run.problems,
      suggestions(run.problems, (id) => action('show', id, 'Show it')),
    );
  const result = api.cancelRun(actor, run.value);
  if (!result.ok) return refused(result.problems);
  return answered(answerCard(CANCEL_WORDS[result.value](run.value)), {
    run: run.value.id,
    result: result.value,
  });
};
