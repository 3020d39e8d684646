import { checkDiscarding } from '../../../core/access/check-discarding.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import { answerCard } from '../../thread-view/answer-card.ts';
import { undoDiscarding } from '../../thread-view/discarded-card.ts';
import { DISCARD_WORDS } from '../../wording/answers.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
} from '../command-context.ts';
import { suggestions } from './suggestions.ts';

export const discard: CommandHandler = (context, command) => {
  const { api } = context;
  const given = command.arguments['prompt'] ?? '';
  const prompt = api.findPrompt(given);
  if (prompt.ok) return discardPrompt(context, prompt.value);
  const before = api.findDiscardedPrompt(given);
  if (before.ok) return told(before.value, 'already_discarded');
  return refused(prompt.problems, suggestions(prompt.problems, 'show'));
};

export const restore: CommandHandler = ({ api, actor, role }, command) => {
  const given = command.arguments['prompt'] ?? '';
  const prompt = api.findDiscardedPrompt(given);
  if (!prompt.ok) {
    const present = api.findPrompt(given);
    return present.ok ? told(present.value, 'not_discarded') : refused(prompt.problems);
  }
  const allowed = checkDiscarding(role, actor, { ...prompt.value, ownerName: ownerName(api, prompt.value) });
  if (!allowed.ok) return refused(allowed.problems);
  return told(api.restorePrompt(actor, prompt.value), 'restored');
};

function discardPrompt({ api, actor, role }: CommandContext, prompt: Prompt): CommandResult {
  const allowed = checkDiscarding(role, actor, { ...prompt, ownerName: ownerName(api, prompt) });
  if (!allowed.ok) return refused(allowed.problems);
  const discarded = api.discardPrompt(actor, prompt);
  return discarded.ok ? told(discarded.value, 'discarded') : refused(discarded.problems);
}

function ownerName(api: CommandContext['api'], prompt: Prompt): string {
  return api.getPrincipal(prompt.owner)?.name ?? '';
}

function told(prompt: Prompt, result: keyof typeof DISCARD_WORDS): CommandResult {
  const isDiscarded = result === 'discarded' || result === 'already_discarded';
  const actions = isDiscarded ? [undoDiscarding(prompt)] : [];
  return answered(answerCard(DISCARD_WORDS[result](prompt), { actions }), { prompt: prompt.id, result });
}
