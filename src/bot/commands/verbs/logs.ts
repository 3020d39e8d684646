import { logCard } from '../../thread-view/answer-card.ts';
import { action } from '../../thread-view/text.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const USUAL_TAIL = 40;

export const logs: CommandHandler = async ({ api }, command) => {
  const run = api.findRun(command.arguments['run'] ?? '');
  if (!run.ok)
    return refused(
      run.problems,
      suggestions(run.problems, (id) => action('logs', id, 'Its log')),
    );
  const { tail } = command.options;
  const lines = await api.log.tail(run.value, typeof tail === 'number' ? tail : USUAL_TAIL);
  return answered(logCard(run.value, lines), { run: run.value.id, lines });
};
