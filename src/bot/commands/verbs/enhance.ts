import type { CommandHandler } from '../command-context.ts';
import { followUpOf, queueOrder } from './follow-up.ts';
import { foundOrSuggested } from './suggestions.ts';

export const enhance: CommandHandler = async (context, command) => {
  const prompt = foundOrSuggested(
    context.api.findPrompt(command.arguments['prompt'] ?? ''),
    'enhance',
    command,
  );
  if (!prompt.ok) return prompt.refusal;
  const order = context.api.followUps.enhancePrompt(prompt.value, followUpOf(command));
  return await queueOrder(context, command, order);
};
