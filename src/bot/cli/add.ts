import type { Bot } from '../bot.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { addedFilesCard } from '../thread-view/added-files-card.ts';
import { type CliOutput, printCard, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { localPrincipal } from './local-user.ts';
import { pictureWishes, withCommandThatTakes } from './picture-options.ts';
import { withBot } from './with-bot.ts';
import { workPrinter } from './work-printer.ts';

/** `cosmos add`: a prompt gets further files, as it does by a file that somebody sends into its thread. */
export async function add(invocation: Invocation): Promise<ExitCode> {
  const { command, output } = invocation;
  const { rest: paths, options } = command;
  const reference = command.arguments['prompt'] ?? '';
  return await withBot(invocation, 'add', (bot) => addFiles(bot, output, { reference, paths, options }));
}

interface FilesOfShell extends Pick<Invocation['command'], 'options'> {
  readonly reference: string;
  readonly paths: readonly string[];
  /** The `prepare` that asks for it. */
  readonly command?: ParsedCommand;
}

/** Files of this machine for the prompt that is meant by `reference`. */
export async function addFiles(
  { parts: { api, store } }: Bot,
  output: CliOutput,
  { reference, paths, options, command }: FilesOfShell,
): Promise<ExitCode> {
  const { role, frameRate } = pictureWishes(options);
  const files = paths.map((path) => ({ path, ...(role && { role }) }));
  const work = { files, ...(frameRate && { frameRate }), onProgress: workPrinter(output) };
  const prompt = api.findPrompt(reference);
  const added = prompt.ok ? await api.addFiles(localPrincipal(store), prompt.value, work) : prompt;
  if (!added.ok) {
    printProblems(output, command ? withCommandThatTakes(added.problems, command) : added.problems);
    return 1;
  }
  if (options['json'] === true) output.out.write(`${JSON.stringify(added.value.prompt, undefined, 2)}\n`);
  else printCard(output, addedFilesCard(added.value));
  return 0;
}
