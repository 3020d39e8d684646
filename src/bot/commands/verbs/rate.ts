import { answerCard } from '../../thread-view/answer-card.ts';
import { action } from '../../thread-view/text.ts';
import { ratedWords } from '../../wording/answers.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const rate: CommandHandler = ({ api, actor }, command) => {
  const run = api.findRun(command.arguments['run'] ?? '');
  if (!run.ok)
    return refused(
      run.problems,
      suggestions(run.problems, (id) => action('show', id, 'Show it')),
    );
  const rated = api.rateRun(actor, run.value, Number(command.arguments['rating']));
  if (!rated.ok) return refused(rated.problems);
  return answered(answerCard(ratedWords(rated.value)), rated.value);
};
