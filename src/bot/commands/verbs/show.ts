import { promptDetailsCard } from '../../thread-view/prompt-details-card.ts';
import { runDetailsCard } from '../../thread-view/run-details-card.ts';
import { answered, type CommandHandler, runData } from '../command-context.ts';
import { findPromptOrRun } from './prompt-or-run.ts';
import { foundOrSuggested } from './suggestions.ts';

export const show: CommandHandler = ({ api, views, localFiles }, command) => {
  const found = foundOrSuggested(findPromptOrRun(api, command.arguments['id'] ?? ''), 'show');
  if (!found.ok) return found.refusal;
  if (found.value.kind === 'run') {
    const { run } = found.value;
    return answered(runDetailsCard(views.details(run, { localFiles })), runData(run));
  }
  const { prompt } = found.value;
  return answered(promptDetailsCard(views.promptDetails(prompt)), prompt);
};
