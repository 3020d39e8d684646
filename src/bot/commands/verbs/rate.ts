import { answerCard } from '../../thread-view/answer-card.ts';
import { ratedWords } from '../../wording/answers.ts';
import { answered, type CommandHandler, refused, runData } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const rate: CommandHandler = ({ api, actor }, command) => {
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'show');
  if (!run.ok) return run.refusal;
  const rated = api.rateRun(actor, run.value, Number(command.arguments['rating']));
  if (!rated.ok) return refused(rated.problems);
  return { ...answered(answerCard(ratedWords(rated.value)), runData(rated.value)), isPrivate: true };
};
