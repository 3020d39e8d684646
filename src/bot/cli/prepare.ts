import type { Checked } from '../../core/errors.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { missingArgument } from '../commands/arguments.ts';
import { TERMINAL_PLACE } from '../terminal/terminal-chat.ts';
import { addedFilesCard } from '../thread-view/added-files-card.ts';
import { promptCard } from '../thread-view/prompt-card.ts';
import { CLI_COMMANDS } from './cli-commands.ts';
import { printCard, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { localPrincipal, localUser } from './local-user.ts';
import { openConfiguredBot, openLogFile, readConfig } from './open-configured-bot.ts';
import { workPrinter } from './work-printer.ts';

/** `cosmos prepare`: numbered pictures become the videos of a prompt. */
export async function prepare({ command, configPath, output }: Invocation): Promise<ExitCode> {
  const config = readConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const opened = await openConfiguredBot(config.value, openLogFile(config.value), { models: true });
  if (!opened.ok) {
    printProblems(output, opened.problems);
    return 2;
  }
  const bot = opened.value;
  const { api, views, store, access } = bot.parts;
  try {
    const allowed = access.check(localUser(), TERMINAL_PLACE, CLI_COMMANDS.prepare.role, 'prepare');
    if (!allowed.ok) {
      printProblems(output, allowed.problems);
      return 1;
    }
    const { pictures = '', text = '' } = command.arguments;
    const { fps, name, prompt: reference, json } = command.options;
    const work = {
      files: [{ path: pictures }],
      ...(typeof fps === 'number' && { fps }),
      onProgress: workPrinter(output),
    };
    const actor = localPrincipal(store);
    if (typeof reference === 'string') {
      const prompt = api.findPrompt(reference);
      const added = prompt.ok ? await api.addFiles(actor, prompt.value, work) : prompt;
      if (!added.ok) {
        printProblems(output, added.problems);
        return 1;
      }
      if (json === true) print(added.value.prompt);
      else printCard(output, addedFilesCard(added.value));
      return 0;
    }
    const named = typeof name === 'string' ? { name } : {};
    const made = text === '' ? textMissing() : await api.createPrompt(actor, { text, ...named, ...work });
    if (!made.ok) {
      printProblems(output, made.problems);
      return 1;
    }
    if (json === true) print(made.value);
    else printCard(output, promptCard(views.prompt(made.value)));
    return 0;
  } finally {
    await bot.close();
  }

  function print(prompt: Prompt): void {
    output.out.write(`${JSON.stringify(prompt, null, 2)}\n`);
  }
}

function textMissing(): Checked<never> {
  const { prepare: definition } = CLI_COMMANDS;
  return { ok: false, problems: [missingArgument('prepare', definition, definition.arguments[1])] };
}
