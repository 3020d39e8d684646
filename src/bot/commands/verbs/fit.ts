import { type Checked, invalid, valid } from '../../../core/errors.ts';
import type { ModelChoice } from '../../../core/models/models.ts';
import { nearest } from '../../../core/nearest.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import { fitCard } from '../../thread-view/fit-card.ts';
import { promptCard } from '../../thread-view/prompt-card.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
  whereRead,
} from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

/** Which models take the files of a prompt; with `--change` it makes of them what a model takes, with `--undo` it puts them back. */
export const fit: CommandHandler = (context, command) => {
  const { api, views, actor } = context;
  const prompt = foundOrSuggested(api.findPrompt(command.arguments['prompt'] ?? ''), 'fit', command);
  if (!prompt.ok) return prompt.refusal;
  const { change, undo, model: name } = command.options;
  if (undo === true) {
    const undone = api.fitter.undo(actor, prompt.value);
    return undone.ok
      ? answered(promptCard({ ...views.prompt(undone.value), ...whereRead(context) }), undone.value)
      : refused(undone.problems);
  }
  const named = typeof name === 'string' ? findModel(context, name) : undefined;
  if (named?.ok === false) return refused(named.problems);
  if (change === true) return changed(context, prompt.value, named?.value);
  const view = views.prompt(prompt.value);
  const fits = view.fits.filter(({ model }) => named === undefined || model === named.value.profile.id);
  return answered(fitCard({ ...view, ...whereRead(context), fits }), fits);
};

/** Where no model is named, for the first that can be made to take them. */
async function changed(context: CommandContext, prompt: Prompt, named?: ModelChoice): Promise<CommandResult> {
  const { api, views, actor, signal, onProgress, idempotencyKey } = context;
  const fits = api.fitter.fits(prompt);
  const model = named ?? (fits.find(({ change }) => change !== undefined) ?? fits[0])?.model;
  if (model === undefined) return refused([{ code: 'input.model_unavailable', parameters: { model: '' } }]);
  const done = await api.fitter.change(actor, prompt, model, {
    signal,
    onProgress,
    ...(idempotencyKey && { idempotencyKey }),
  });
  return done.ok
    ? answered(promptCard({ ...views.prompt(done.value), ...whereRead(context) }), done.value)
    : refused(done.problems);
}

function findModel({ api }: CommandContext, name: string): Checked<ModelChoice> {
  const models = api.models('generate');
  const value = models.find(({ profile }) => profile.id === name);
  if (value !== undefined) return valid(value);
  const known = models.map(({ profile }) => profile.id);
  const near = nearest(name, known);
  return invalid('input.model_unknown', { model: name, known, ...(near && { nearest: near }) });
}
