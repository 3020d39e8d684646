import type { Bot } from '../bot.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { plannedVideosCard } from '../thread-view/planned-videos-card.ts';
import { type CliOutput, printCard, printProblems } from './cli-output.ts';
import type { ExitCode } from './command-line.ts';
import { pictureWishes, withCommandThatTakes } from './picture-options.ts';

/** `cosmos prepare --dry-run`: what would be made of pictures, for a new prompt or for one that there is. */
export async function lookAtPictures(
  { parts: { api } }: Bot,
  output: CliOutput,
  command: ParsedCommand,
): Promise<ExitCode> {
  const { pictures = '' } = command.arguments;
  const { prompt: reference, json } = command.options;
  const wishes = pictureWishes(command.options);
  const prompt = typeof reference === 'string' ? api.findPrompt(reference) : undefined;
  const looked = prompt?.ok === false ? prompt : await api.lookAtPictures(pictures, wishes, prompt?.value);
  if (!looked.ok) {
    printProblems(output, withCommandThatTakes(looked.problems, command));
    return 1;
  }
  if (json === true) output.out.write(`${JSON.stringify(looked.value, undefined, 2)}\n`);
  else printCard(output, plannedVideosCard(looked.value));
  return 0;
}
