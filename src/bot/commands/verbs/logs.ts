import { logCard } from '../../thread-view/answer-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const USUAL_TAIL = 40;

export const logs: CommandHandler = async ({ api }, command) => {
  const run = foundOrSuggested(api.findRun(command.arguments['run'] ?? ''), 'logs', command);
  if (!run.ok) return run.refusal;
  const { tail } = command.options;
  const lines = await api.log.tail(run.value, typeof tail === 'number' ? tail : USUAL_TAIL);
  return answered(logCard(run.value, lines), { run: run.value.id, lines });
};
