import { promptCard } from '../../thread-view/prompt-card.ts';
import { runDetailsCard } from '../../thread-view/run-details-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const show: CommandHandler = ({ api, views, localFiles }, command) => {
  const id = command.arguments['id'] ?? '';
  if (id.startsWith('rs_')) {
    const run = foundOrSuggested(api.findRun(id), 'show');
    if (!run.ok) return run.refusal;
    return answered(runDetailsCard(views.details(run.value, { localFiles })), run.value);
  }
  const prompt = foundOrSuggested(api.findPrompt(id), 'show');
  if (!prompt.ok) return prompt.refusal;
  return answered(promptCard(views.prompt(prompt.value)), prompt.value);
};
