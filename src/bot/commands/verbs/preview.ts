import { type Checked, invalid, valid } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import { type Previewed, previewOrder } from '../../../core/runs/preview-order.ts';
import { assignedValues } from '../arguments.ts';
import { type CommandContext, type CommandHandler, refused } from '../command-context.ts';
import { followUpOf, queueOrder } from './follow-up.ts';
import { findPromptOrRun, type PromptOrRun } from './prompt-or-run.ts';
import { suggestions } from './suggestions.ts';

/** Runs the model that shows controls, with the settings that another model would have. */
export const preview: CommandHandler = async (context, command) => {
  const { api } = context;
  const found = findPromptOrRun(api, command.arguments['id'] ?? '');
  if (!found.ok) return refused(found.problems, suggestions(found.problems, 'preview', command));
  const shows = api.models('generate').find(({ profile }) => profile.previews_controls);
  if (shows === undefined) return refused([{ code: 'input.no_preview', parameters: {} }]);
  const prompt = promptOf(context, found.value);
  if (!prompt.ok) return refused(prompt.problems);
  const { model, parameters } = followUpOf(command);
  const previewed =
    found.value.kind === 'run' && model === undefined
      ? valid(settingsOfRun(context, found.value))
      : settingsOf(context, prompt.value, model, parameters);
  if (!previewed.ok) return refused(previewed.problems);
  const typed = assignedValues(command.assignments);
  return await queueOrder(
    context,
    command,
    previewOrder(shows.profile, prompt.value, previewed.value, typed),
  );
};

function promptOf({ api }: CommandContext, found: PromptOrRun): Checked<Prompt> {
  if (found.kind === 'prompt') return valid(found.prompt);
  const { promptId, text, negativeText, inputs } = found.run;
  const prompt = api.getPrompt(promptId);
  if (prompt === undefined) return invalid('input.id_unknown', { kind: 'prompt', given: promptId });
  return valid({ ...prompt, text, negativeText, inputs });
}

function settingsOfRun(
  { api }: CommandContext,
  { run }: Extract<PromptOrRun, { kind: 'run' }>,
): Previewed | undefined {
  const profile = api.profileOf(run);
  return profile && { profile, parameters: run.parameters };
}

/** Those of the named model, else of the first that takes the files and is no preview itself; none where there is none. */
function settingsOf(
  { api }: CommandContext,
  prompt: Prompt,
  model: string | undefined,
  parameters: Readonly<Record<string, unknown>>,
): Checked<Previewed | undefined> {
  const fits = api.fitter.fits(prompt).filter(({ problems }) => problems.length === 0);
  const name = model ?? fits.find((fit) => !fit.model.profile.previews_controls)?.model.profile.id;
  if (name === undefined) return valid(undefined);
  const order = api.checkOrder({ prompt, model: name, parameters });
  if (order.ok) return valid({ profile: order.value.model.profile, parameters: order.value.parameters });
  // What is typed may be meant for the preview alone.
  return model === undefined ? valid(undefined) : order;
}
