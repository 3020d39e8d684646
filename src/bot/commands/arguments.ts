import { type Checked, type Problem, valid } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { checkArgument, checkChoice, checkOption, type OptionValue } from './check-word.ts';
import {
  type ArgumentDefinition,
  type CommandDefinition,
  type CommandRole,
  type CommandSurface,
  type OptionDefinition,
  optionsOn,
} from './definition.ts';
import { usage } from './help.ts';
import { quoteForShell, quoteWord } from './parse-words.ts';
import { spacedParameter } from './spaced-parameter.ts';

/** One `name=value` word. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
}

/** A command whose words fit its definition; ids are not looked up yet. */
export interface ParsedCommand<Verb extends string = string> {
  readonly verb: Verb;
  /** One word for each argument that was given; the variadic one is in `rest`. Choices in the registry's spelling. */
  readonly arguments: Readonly<Record<string, string>>;
  /** Words of the variadic argument. */
  readonly rest: readonly string[];
  /** Given options only; flags are true. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** In order; what may stand there several times, only its model knows. */
  readonly assignments: readonly Assignment[];
}

/** Words of a command sorted into their kinds, not yet compared with the definition. */
export interface CommandWords {
  readonly positional: readonly string[];
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly assignments: readonly Assignment[];
}

/**
 * Compares words with the definition of their verb: for typed commands, clicks (`positional` = target and arguments)
 * and the command line alike. Returns every problem at once: `input.argument_missing`, `input.argument_unexpected`,
 * `input.argument_invalid`, `input.option_unknown`.
 */
export function bindWords<Verb extends string>(
  verb: Verb,
  definition: CommandDefinition,
  words: CommandWords,
  surface: CommandSurface = 'chat',
): Checked<ParsedCommand<Verb>> {
  const withoutWord = leftOutWord(verb, definition, words, surface);
  if (withoutWord !== undefined) return { ok: false, problems: [withoutWord] };
  const spaced = spacedParameter(definition, words);
  if (spaced !== undefined) return { ok: false, problems: [spaced] };
  const problems: Problem[] = [];
  const optionProblems: Problem[] = [];
  const surplus =
    definition.arguments.at(-1)?.variadic === true ? [] : words.positional.slice(definition.arguments.length);
  // Where words may follow without end, the last of them may be the value of an option that nobody knows.
  const fixed = definition.arguments.filter(({ variadic }) => variadic !== true).length;
  const hint = {
    ...{ verb, definition, surface },
    given: words.options,
    surplus: words.positional.slice(fixed),
  };
  const options = bindOptions(hint, optionProblems);
  const argumentsByName: Record<string, string> = {};
  let rest: readonly string[] = [];
  for (const [index, argument] of definition.arguments.entries()) {
    const given =
      argument.variadic === true ? words.positional.slice(index) : words.positional.slice(index, index + 1);
    const [first] = given;
    if (first === undefined) {
      if (argument.required) problems.push(missingArgument(verb, definition, argument, words.positional));
      continue;
    }
    const checked = given.map((word) => checkArgument(verb, argument, word));
    for (const each of checked) if (!each.ok) problems.push(...each.problems);
    const values = checked.flatMap((each) => (each.ok ? [each.value] : []));
    if (argument.variadic === true) rest = values;
    else if (values[0] !== undefined) argumentsByName[argument.name] = values[0];
  }
  // A word too many is probably the value of the option that nobody knows.
  const guilty = optionProblems.some((problem) => problem.code === 'input.option_unknown');
  if (surplus.length > 0 && !guilty) problems.push(unexpected(verb, definition, surplus));
  if (definition.assignments?.required === true && words.assignments.length === 0) {
    const { pattern, help } = definition.assignments;
    problems.push(missingArgument(verb, definition, { name: pattern, kind: 'text', help }, words.positional));
  }
  const [first, ...others] = [...problems, ...optionProblems];
  if (first !== undefined) return { ok: false, problems: [first, ...others] };
  return valid({ verb, arguments: argumentsByName, rest, options, assignments: words.assignments });
}

/**
 * `create "A street" street.mp4`: the only word that can follow the verb was left out, and what comes after it is there. Its
 * example is what was meant.
 */
function leftOutWord(
  verb: string,
  definition: CommandDefinition,
  { positional }: CommandWords,
  surface: CommandSurface,
): Problem | undefined {
  const [argument, ...others] = definition.arguments;
  const [choice, ...choices] = argument?.choices ?? [];
  const [first] = positional;
  if (argument === undefined || choice === undefined || first === undefined) return undefined;
  if (choices.length > 0 || others.length === 0) return undefined;
  if (checkChoice(verb, argument.name, first, [choice]).ok || nearest(first, [choice]) !== undefined)
    return undefined;
  const quote = surface === 'command_line' ? quoteForShell : quoteWord;
  const example = [verb, choice, ...positional.map(quote)].join(' ');
  const { parameters } = missingArgument(verb, definition, argument);
  // A command in a sentence has one line, and backquotes around it.
  const isSayable = !isFileName(first) && !/[\n\r`]/.test(example);
  return { code: 'input.argument_missing', parameters: { ...parameters, ...(isSayable && { example }) } };
}

/** The only word is a file: a text is missing too. */
function isFileName(word: string): boolean {
  return /^\S+\.[a-z0-9]{2,4}$/i.test(word);
}

/**
 * `input.argument_missing` {verb, argument, kind, help, usage, example}: an argument of the definition that was left out,
 * with an example that begins as what was typed does, where there is one.
 */
export function missingArgument(
  verb: string,
  definition: CommandDefinition,
  argument: Pick<ArgumentDefinition, 'name' | 'kind' | 'help' | 'choices'>,
  typed: readonly string[] = [],
): Problem {
  const { name, kind, help, choices } = argument;
  const beginning = [verb, ...typed, ''].join(' ');
  const [first] = definition.examples;
  const example = definition.examples.find((each) => each.startsWith(beginning)) ?? first;
  return {
    code: 'input.argument_missing',
    parameters: {
      ...{ verb, argument: choices?.join('|') ?? name, kind, help, usage: usage(verb, definition) },
      ...(example !== undefined && { example }),
    },
  };
}

/** Values by name: a list where a name was typed several times. */
export function assignedValues(
  assignments: readonly Assignment[],
): Readonly<Record<string, string | readonly string[]>> {
  const values = Map.groupBy(assignments, ({ name }) => name);
  return Object.fromEntries(
    values.entries().map(([name, all]) => {
      const [first, ...others] = all.map(({ value }) => value);
      return [name, others.length === 0 && first !== undefined ? first : all.map(({ value }) => value)];
    }),
  );
}

/** What of a parsed command asks for the highest role: `queue pause`, `inference --priority`, or the verb itself. */
export interface Permission {
  readonly what: string;
  readonly role: CommandRole;
}

export function requiredPermission(definition: CommandDefinition, command: ParsedCommand): Permission {
  const { verb } = command;
  for (const argument of definition.arguments) {
    const word = command.arguments[argument.name];
    const special = Object.entries(definition.roleOfChoice ?? {}).find(([choice]) => choice === word);
    if (special !== undefined) return { what: `${verb} ${special[0]}`, role: special[1] };
  }
  for (const { name, roleAbove } of definition.options) {
    const value = command.options[name];
    if (roleAbove !== undefined && typeof value === 'number' && value > roleAbove.value)
      return { what: `${verb} --${name} ${value}`, role: roleAbove.role };
  }
  return { what: verb, role: definition.role };
}

interface GivenOptions {
  readonly verb: string;
  readonly definition: CommandDefinition;
  readonly given: CommandWords['options'];
  /** Words beyond the arguments. */
  readonly surplus: readonly string[];
  readonly surface: CommandSurface;
}

function bindOptions(
  { verb, definition, given, surplus, surface }: GivenOptions,
  problems: Problem[],
): Record<string, OptionValue> {
  const known = optionsOn(definition, surface);
  const values: Record<string, OptionValue> = {};
  for (const [name, raw] of Object.entries(given)) {
    const option = known.find((each) => each.name === name);
    if (option === undefined) {
      if (definition.options.some((each) => each.name === name)) {
        const parameters = { verb, given: `--${name}`, commandLineOnly: true };
        problems.push({ code: 'input.option_unknown', parameters });
        continue;
      }
      const [other] = surplus;
      const value = typeof raw === 'string' ? raw : (other ?? 'VALUE');
      const assignment =
        definition.assignments?.divide === 'first' ? `${name.replaceAll('-', '_')}=${value}` : undefined;
      problems.push(unknownOption(verb, name, known, assignment));
      continue;
    }
    const checked = checkOption(verb, option, raw);
    if (checked.ok) values[name] = checked.value;
    else problems.push(...checked.problems);
  }
  return values;
}

function unexpected(verb: string, definition: CommandDefinition, given: readonly string[]): Problem {
  return { code: 'input.argument_unexpected', parameters: { verb, given, usage: usage(verb, definition) } };
}

/** `assignment`: how it is written if a parameter is meant. */
function unknownOption(
  verb: string,
  name: string,
  known: readonly OptionDefinition[],
  assignment: string | undefined,
): Problem {
  const near = nearest(
    name,
    known.map((each) => each.name),
  );
  return {
    code: 'input.option_unknown',
    parameters: {
      verb,
      given: `--${name}`,
      ...(near === undefined ? assignment !== undefined && { assignment } : { nearest: `--${near}` }),
    },
  };
}
