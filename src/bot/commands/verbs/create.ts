import type { Problem } from '../../../core/errors.ts';
import { promptCard } from '../../thread-view/prompt-card.ts';
import { missingArgument } from '../arguments.ts';
import { answered, type CommandHandler, refused, whereRead } from '../command-context.ts';
import { quoteWord } from '../parse-words.ts';
import { COMMANDS } from '../registry.ts';

/** The only word is a file: what is missing is the text before it. */
const FILE_NAME = /^\S+\.[a-z0-9]{2,4}$/i;

/** What has neither a folder nor an ending is no name of a file that anybody would send. */
const PLAIN_WORD = /^[^./\\]+$/;

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
  if (!created.ok) return refused(unquoted(text, command.rest, created.problems) ?? created.problems);
  // In a chat the thread shows the prompt's own card.
  return answered(
    openThread === undefined
      ? promptCard({ ...views.prompt(created.value), ...whereRead(context) })
      : undefined,
    created.value,
  );
};

/** A text of which only the first word was taken, since it stands in no quotation marks, or that stands behind a file. */
function unquoted(
  text: string,
  words: readonly string[],
  problems: readonly Problem[],
): readonly [Problem] | undefined {
  const end = words.findIndex((word) => !PLAIN_WORD.test(word));
  const others = end < 0 ? words : words.slice(0, end);
  const isMissing = problems.some(
    ({ code, parameters: { file } }) => code === 'input.file_missing' && others.some((word) => word === file),
  );
  if (!isMissing) return undefined;
  const files = end < 0 ? [] : words.slice(end);
  const sentence = FILE_NAME.test(text) ? others : [text, ...others];
  const meant = FILE_NAME.test(text) ? [text, ...files] : files;
  const example = ['create prompt', ...[sentence.join(' '), ...meant].map(quoteWord)].join(' ');
  // A command in a sentence has one line, and backquotes around it.
  return [{ code: 'input.text_misplaced', parameters: /[\n\r`]/.test(example) ? {} : { example } }];
}
