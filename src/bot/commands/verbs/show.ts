import { promptDetailsCard } from '../../thread-view/prompt-details-card.ts';
import { runDetailsCard } from '../../thread-view/run-details-card.ts';
import { answered, type CommandHandler, runData } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

export const show: CommandHandler = ({ api, views, localFiles }, command) => {
  const id = command.arguments['id'] ?? '';
  if (id.startsWith('rs_')) {
    const run = foundOrSuggested(api.findRun(id), 'show');
    if (!run.ok) return run.refusal;
    return answered(runDetailsCard(views.details(run.value, { localFiles })), runData(run.value));
  }
  const prompt = foundOrSuggested(api.findPrompt(id), 'show');
  if (!prompt.ok) return prompt.refusal;
  return answered(promptDetailsCard(views.promptDetails(prompt.value)), prompt.value);
};
