import type { Checked } from '../../core/errors.ts';
import { missingArgument } from '../commands/arguments.ts';
import { promptCard } from '../thread-view/prompt-card.ts';
import { addFiles } from './add.ts';
import { CLI_COMMANDS } from './cli-commands.ts';
import { printCard, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { localPrincipal } from './local-user.ts';
import { lookAtPictures } from './look-at-pictures.ts';
import { pictureWishes, withCommandThatTakes } from './picture-options.ts';
import { withBot } from './with-bot.ts';
import { workPrinter } from './work-printer.ts';

/** `cosmos prepare`: numbered pictures become the videos of a prompt. */
export async function prepare(invocation: Invocation): Promise<ExitCode> {
  const { command, output } = invocation;
  const { options } = command;
  const { pictures = '', text = '' } = command.arguments;
  return await withBot(invocation, 'prepare', async (bot) => {
    if (options['dry-run'] === true) return await lookAtPictures(bot, output, command);
    const { name, prompt: reference, json } = options;
    if (typeof reference === 'string')
      return await addFiles(bot, output, { reference, paths: [pictures], options, command });
    const { role, frameRate } = pictureWishes(options);
    const { api, views, store } = bot.parts;
    const order = {
      text,
      files: [{ path: pictures, ...(role && { role }) }],
      ...(frameRate && { frameRate }),
      ...(typeof name === 'string' && { name }),
      onProgress: workPrinter(output),
    };
    const made = text === '' ? textMissing() : await api.createPrompt(localPrincipal(store), order);
    if (!made.ok) {
      printProblems(output, withCommandThatTakes(made.problems, command));
      return 1;
    }
    if (json === true) output.out.write(`${JSON.stringify(made.value, undefined, 2)}\n`);
    else printCard(output, promptCard({ ...views.prompt(made.value), inShell: true }));
    return 0;
  });
}

function textMissing(): Checked<never> {
  const { prepare: definition } = CLI_COMMANDS;
  return { ok: false, problems: [missingArgument('prepare', definition, definition.arguments[1])] };
}
