import { type Checked, invalid, valid } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type {
  ArgumentDefinition,
  CommandDefinition,
  CommandSurface,
  CommandTable,
  OptionDefinition,
} from './definition.ts';
import { optionsOn } from './definition.ts';
import { SHELL_VERBS, type ShellVerb } from './global-options.ts';

/** Characters beyond which words are not said again: a part of them would be another command. */
const LONGEST_REST = 200;

/** `rate RUN RATING`: square brackets mark what may be left out, dots what may be repeated. */
export function usage(verb: string, definition: CommandDefinition, surface: CommandSurface = 'chat'): string {
  const words = [verb, ...definition.arguments.map(argumentUsage)];
  if (definition.assignments !== undefined) {
    const pattern = `${definition.assignments.pattern}…`;
    words.push(definition.assignments.required ? pattern : `[${pattern}]`);
  }
  for (const option of optionsOn(definition, surface))
    if (option.essential) words.push(`[${optionUsage(option)}]`);
  return words.join(' ');
}

/** `--limit N`, `--mine`. */
export function optionUsage(option: OptionDefinition): string {
  if (option.type === 'flag') return `--${option.name}`;
  if (option.type === 'choice') return `--${option.name} ${(option.choices ?? []).join('|')}`;
  return `--${option.name} ${isNumber(option) ? 'N' : option.name.toUpperCase()}`;
}

function isNumber({ type }: OptionDefinition): boolean {
  return type === 'number' || type === 'frame_rate';
}

/** The verb that a name or an alias stands for, in any case. */
export function findVerb<Table extends CommandTable>(
  name: string,
  commands: Table,
): (keyof Table & string) | undefined {
  const wanted = name.toLowerCase();
  for (const [verb, definition] of Object.entries(commands)) {
    if (verb === wanted || definition.aliases.includes(wanted)) return verb;
  }
  return undefined;
}

/**
 * The verb that `help` was asked about; undefined where it was asked about nothing. Fails with `input.command_unknown`
 * {given, nearest?}.
 */
export function helpTopic<Table extends CommandTable>(
  given: string | undefined,
  commands: Table,
): Checked<(keyof Table & string) | undefined> {
  if (given === undefined) return valid(undefined);
  const verb = findVerb(given, commands);
  return verb === undefined ? unknownCommand(given, commands) : valid(verb);
}

/**
 * `input.command_unknown` {given, nearest?, meant?: the nearest with the `rest` of the words that were typed, shell?: a verb of
 * the command line alone}.
 */
export function unknownCommand(given: string, commands: CommandTable, rest = ''): Checked<never> {
  if (isShellVerb(given)) return invalid('input.command_unknown', { given, shell: given });
  const near = verbOfChoice(given, commands) ?? nearest(given, allNames(commands));
  if (near === undefined) return invalid('input.command_unknown', { given });
  // A sentence has one line, and marks with backquotes what is to be typed.
  const isSayable = rest !== '' && rest.length <= LONGEST_REST && !/[\n\r`]/.test(rest);
  const meant = isSayable ? { meant: `${near} ${rest}` } : {};
  return invalid('input.command_unknown', { given, nearest: near, ...meant });
}

/** Whether a word is a verb of the command line, in small letters, as verbs are typed. */
export function isShellVerb(word: string): word is ShellVerb {
  return SHELL_VERBS.some((verb) => verb === word);
}

/** `list prompts` for `prompts`: somebody left out the verb before a word that follows one alone. */
function verbOfChoice(given: string, commands: CommandTable): string | undefined {
  const wanted = given.toLowerCase();
  return Object.entries(commands)
    .filter(
      ([
        ,
        {
          arguments: [first],
        },
      ]) => first?.choices?.includes(wanted) === true,
    )
    .map(([verb]) => `${verb} ${wanted}`)
    .at(0);
}

/** All names that can be typed: verbs and aliases. */
function allNames(commands: CommandTable): readonly string[] {
  return Object.entries(commands).flatMap(([verb, definition]) => [verb, ...definition.aliases]);
}

/** What stands for an argument in usage lines: `RUN`, or the words that it allows, `prompts|runs`. */
export function argumentName(argument: ArgumentDefinition): string {
  return argument.choices?.join('|') ?? argument.name.toUpperCase();
}

function argumentUsage(argument: ArgumentDefinition): string {
  const name = `${argumentName(argument)}${argument.variadic === true ? '…' : ''}`;
  return argument.required ? name : `[${name}]`;
}
