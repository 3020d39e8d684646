import type { CommandHandler } from '../command-context.ts';
import { refused } from '../command-context.ts';
import { followUpOf, queueOrder } from './follow-up.ts';
import { findPromptOrRun } from './prompt-or-run.ts';
import { foundOrSuggested } from './suggestions.ts';

export const upscale: CommandHandler = async (context, command) => {
  const { followUps } = context.api;
  const found = foundOrSuggested(
    findPromptOrRun(context.api, command.arguments['id'] ?? ''),
    'upscale',
    command,
  );
  if (!found.ok) return found.refusal;
  const target = found.value;
  const wish = followUpOf(command);
  if (target.kind === 'prompt') {
    const order = followUps.upscalePrompt(target.prompt, wish);
    return order.ok ? await queueOrder(context, command, order.value) : refused(order.problems);
  }
  const order = await followUps.upscaleRun(target.run, wish);
  return order.ok ? await queueOrder(context, command, order.value, target.run) : refused(order.problems);
};
