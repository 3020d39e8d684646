import { type Checked, invalid, valid } from '../../core/errors.ts';
import { type Assignment, bindWords, type CommandWords, type ParsedCommand } from './arguments.ts';
import { type CommandDefinition, type CommandSurface, type CommandTable, optionsOn } from './definition.ts';
import { findVerb, unknownCommand } from './help.ts';
import { quoteForShell, quoteOption, quoteWord, splitWords, type Word, withoutCall } from './parse-words.ts';

/** Two dashes, or the one long dash that phones make of them. */
const OPTION = /^(?:--|[—–])(?<name>\p{L}[\p{L}\p{N}_-]*)(?:=(?<value>[\s\S]*))?$/u;
const PARAMETER_NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/** A verb and the words after it, sorted into their kinds and not yet compared with its definition. */
export interface CommandLine<Verb extends string> {
  readonly verb: Verb;
  readonly words: CommandWords;
}

/**
 * Reads what somebody typed after `/cosmos` or after a mention (a leading `/cosmos`, `@cosmos`, `cosmos` or `npx cosmos` is
 * accepted too). No words at all mean `help`. Fails with `input.command_unknown` and whatever `splitWords` finds.
 */
export function readLine<Table extends CommandTable>(
  line: string,
  commands: Table,
  surface: CommandSurface = 'chat',
): Checked<CommandLine<keyof Table & string>> {
  const split = splitWords(line);
  if (!split.ok) return split;
  return sortLine(split.value, commands, surface);
}

/** The same for words that are separated already: those of a shell, of a form or of a click. */
export function readWords<Table extends CommandTable>(
  words: readonly string[],
  commands: Table,
  surface: CommandSurface = 'chat',
): Checked<CommandLine<keyof Table & string>> {
  return sortLine(
    words.map((text) => ({ text, quoted: false })),
    commands,
    surface,
  );
}

/** `readLine`, compared with the definition of its verb: fails with whatever `bindWords` finds too. */
export function parseCommand<Table extends CommandTable>(
  line: string,
  commands: Table,
  surface: CommandSurface = 'chat',
): Checked<ParsedCommand<keyof Table & string>> {
  return bindLine(readLine(line, commands, surface), commands, surface);
}

/** `readWords`, compared with the definition of its verb. */
export function parseWords<Table extends CommandTable>(
  words: readonly string[],
  commands: Table,
  surface: CommandSurface = 'chat',
): Checked<ParsedCommand<keyof Table & string>> {
  return bindLine(readWords(words, commands, surface), commands, surface);
}

function bindLine<Table extends CommandTable>(
  line: Checked<CommandLine<keyof Table & string>>,
  commands: Table,
  surface: CommandSurface,
): Checked<ParsedCommand<keyof Table & string>> {
  if (!line.ok) return line;
  const { verb, words } = line.value;
  const definition = commands[verb];
  return definition === undefined
    ? unknownCommand(verb, commands)
    : bindWords(verb, definition, words, surface);
}

function sortLine<Table extends CommandTable>(
  typedWords: readonly Word[],
  commands: Table,
  surface: CommandSurface,
): Checked<CommandLine<keyof Table & string>> {
  const words = withoutCall(typedWords);
  const name = words[0]?.text ?? 'help';
  const verb = findVerb(name, commands);
  const definition = verb === undefined ? undefined : commands[verb];
  if (verb === undefined || definition === undefined)
    return unknownCommand(name, commands, typed(words.slice(1), surface));
  const sorted = sortWords(verb, words.slice(1), definition, surface);
  return sorted.ok ? valid({ verb, words: sorted.value }) : sorted;
}

/** The words as they were typed, for whoever has to type them again. */
function typed(words: readonly Word[], surface: CommandSurface): string {
  const quote = surface === 'command_line' ? quoteForShell : quoteWord;
  return words
    .map(({ text, quoted }) => {
      if (quoted) return quote(text);
      return text === '--' ? text : OPTION.test(text) ? quoteOption(text) : quote(text);
    })
    .join(' ');
}

function sortWords(
  verb: string,
  words: readonly Word[],
  definition: CommandDefinition,
  surface: CommandSurface,
): Checked<CommandWords> {
  const positional: string[] = [];
  const assignments: Assignment[] = [];
  const options: Record<string, string | boolean> = {};
  let optionsEnded = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    if (!optionsEnded && !word.quoted && (word.text === '--' || word.text === '—')) {
      optionsEnded = true;
      continue;
    }
    const option = optionsEnded || word.quoted ? undefined : readOption(word.text);
    if (option !== undefined) {
      const kind = optionsOn(definition, surface).find((each) => each.name === option.name);
      if (kind !== undefined && kind.type !== 'flag' && option.value === undefined) {
        index += 1;
        const value = words[index];
        if (value === undefined)
          return invalid('input.argument_missing', { verb, argument: `--${option.name} VALUE` });
        options[option.name] = value.text;
      } else options[option.name] = option.value ?? true;
      continue;
    }
    const assignment = readAssignment(word, definition);
    if (assignment === undefined) positional.push(word.text);
    else assignments.push(assignment);
  }
  return valid({ positional, options, assignments });
}

function readOption(text: string): { readonly name: string; readonly value?: string } | undefined {
  const groups = OPTION.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const name = (groups.name ?? '').toLowerCase().replaceAll('_', '-');
  return groups.value === undefined ? { name } : { name, value: groups.value };
}

/** `edge=0.8`; a file name may hold any character, the name of a parameter may not. */
function readAssignment(word: Word, definition: CommandDefinition): Assignment | undefined {
  if (definition.assignments === undefined) return undefined;
  const { divide } = definition.assignments;
  const at = divide === 'first' ? word.text.indexOf('=') : word.text.lastIndexOf('=');
  if (at < 1) return undefined;
  const name = word.text.slice(0, at);
  if (divide === 'first' && !PARAMETER_NAME.test(name)) return undefined;
  return { name, value: word.text.slice(at + 1) };
}
