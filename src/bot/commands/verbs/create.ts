import { promptCard } from '../../thread-view/prompt-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';

export const create: CommandHandler = async ({ api, views, actor, openThread, idempotencyKey }, command) => {
  const { negative, name } = command.options;
  const text = command.arguments['text'] ?? '';
  const thread = await openThread?.(text);
  const created = await api.createPrompt(actor, {
    text,
    files: command.rest.map((path) => ({ path })),
    ...(typeof negative === 'string' && { negativeText: negative }),
    ...(typeof name === 'string' && { name }),
    ...(thread && { thread }),
    ...(idempotencyKey && { idempotencyKey }),
  });
  if (!created.ok) return refused(created.problems);
  // In a chat the thread shows the prompt's own card.
  return answered(thread === undefined ? promptCard(views.prompt(created.value)) : undefined, created.value);
};
