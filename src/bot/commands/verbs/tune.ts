import { tuneCard } from '../../thread-view/tune-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { findPromptOrRun } from './prompt-or-run.ts';
import { foundOrSuggested } from './suggestions.ts';

/** Where a form can be shown, it is shown instead. */
export const tune: CommandHandler = ({ api, views }, command) => {
  const found = foundOrSuggested(findPromptOrRun(api, command.arguments['id'] ?? ''), 'show');
  if (!found.ok) return found.refusal;
  const target = found.value;
  const view = target.kind === 'run' ? views.tuneRun(target.run) : views.tunePrompt(target.prompt);
  return view.ok ? answered(tuneCard(view.value), view.value) : refused(view.problems);
};
