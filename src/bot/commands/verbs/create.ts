import { promptCard } from '../../thread-view/prompt-card.ts';
import { missingArgument } from '../arguments.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { COMMANDS } from '../registry.ts';

/** The only word is a file: what is missing is the text before it. */
const FILE_NAME = /^\S+\.[a-z0-9]{2,4}$/i;

export const create: CommandHandler = async (context, command) => {
  const { api, views, actor, localFiles, openThread, idempotencyKey, onProgress } = context;
  const { negative, name } = command.options;
  const text = command.arguments['text'] ?? '';
  if (!localFiles && command.rest.length > 0) {
    return refused([{ code: 'input.paths_not_taken', parameters: { paths: command.rest } }]);
  }
  if (localFiles && command.rest.length === 0 && FILE_NAME.test(text)) {
    const { create: definition } = COMMANDS;
    return refused([missingArgument('create', definition, definition.arguments[1])]);
  }
  const created = await api.createPrompt(actor, {
    text,
    files: command.rest.map((path) => ({ path })),
    filesMayFollow: !localFiles,
    ...(typeof negative === 'string' && { negativeText: negative }),
    ...(typeof name === 'string' && { name }),
    ...(openThread && { openThread: async () => await openThread(text) }),
    ...(idempotencyKey && { idempotencyKey }),
    ...(onProgress && { onProgress }),
  });
  if (!created.ok) return refused(created.problems);
  // In a chat the thread shows the prompt's own card.
  return answered(
    openThread === undefined ? promptCard(views.prompt(created.value)) : undefined,
    created.value,
  );
};
