import { promptCard } from '../../thread-view/prompt-card.ts';
import { runDetailsCard } from '../../thread-view/run-details-card.ts';
import { action } from '../../thread-view/text.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const show: CommandHandler = ({ api, views, localFiles }, command) => {
  const id = command.arguments['id'] ?? '';
  const meant = (guess: string) => action('show', guess, 'Show it');
  if (id.startsWith('rs_')) {
    const run = api.findRun(id);
    if (!run.ok) return refused(run.problems, suggestions(run.problems, meant));
    return answered(runDetailsCard(views.details(run.value, { localFiles })), run.value);
  }
  const prompt = api.findPrompt(id);
  if (!prompt.ok) return refused(prompt.problems, suggestions(prompt.problems, meant));
  return answered(promptCard(views.prompt(prompt.value)), prompt.value);
};
