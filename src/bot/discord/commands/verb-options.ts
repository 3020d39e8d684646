import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType as Type } from 'discord.js';
import {
  type ArgumentDefinition,
  type CommandDefinition,
  type OptionDefinition,
  optionsOn,
} from '../../commands/definition.ts';
import { SLASH_WORDS } from '../../wording/slash-words.ts';
import { isCommandName, COMMAND_LIMITS as LIMITS } from './command-limits.ts';
import { assignmentsOption, fileOptions, isFixed, isId, modelChoices } from './command-parts.ts';
import { optionBase, textChoices } from './option-base.ts';
import { type OfferedModel, parameterOptions } from './parameter-options.ts';

/** How much room a command has for its options. */
export interface Room {
  /** Longest description, characters. */
  readonly help: number;
  /** Most options of a verb. */
  readonly options: number;
}

/**
 * The options of a verb, the required ones first: its arguments, its essential options, the essential parameters of the
 * models where it takes such, its other options. What has a name that Discord does not take, or finds no room, is
 * asked for by the form.
 */
export function verbOptions(
  definition: CommandDefinition,
  all: readonly OfferedModel[],
  room: Room,
): readonly APIApplicationCommandBasicOption[] {
  const takesParameters = definition.assignments?.holds === 'parameters';
  const offered = takesParameters
    ? all.filter(({ task = 'generate' }) => task === (definition.task ?? 'generate'))
    : all;
  const models = offered.map(({ id }) => id);
  const options = optionsOn(definition, 'chat').map((option) => ({
    isEssential: option.essential,
    option: ofOption(option, models, room.help),
  }));
  const before = [
    ...definition.arguments.flatMap((argument) => ofArgument(argument, models, room.help)),
    ...options.flatMap(({ isEssential, option }) => (isEssential ? [option] : [])),
  ];
  const after = [
    ...options.flatMap(({ isEssential, option }) => (isEssential ? [] : [option])),
    ...ofAssignments(definition, room.help),
  ];
  const others = unlike([...before, ...after]);
  const names = new Set(others.map(({ name }) => name));
  const parameters = takesParameters
    ? parameterOptions(offered, room.help).filter(({ name }) => isCommandName(name) && !names.has(name))
    : [];
  const shown = [
    ...others.filter((option) => before.includes(option)),
    ...parameters.slice(0, Math.max(room.options - others.length, 0)),
    ...others.filter((option) => after.includes(option)),
  ];
  return shown.toSorted((one, other) => Number(other.required) - Number(one.required)).slice(0, room.options);
}

function ofArgument(
  argument: ArgumentDefinition,
  models: readonly string[],
  help: number,
): readonly APIApplicationCommandBasicOption[] {
  if (isFixed(argument)) return [];
  if (argument.kind === 'path') return fileOptions(argument, help);
  // Without it the thread says which is meant, or a form asks; and several lines are written in a form only.
  const isRequired = argument.required && !isId(argument) && argument.multiline !== true;
  const base = optionBase(argument.name, argument.help, help, isRequired);
  switch (argument.kind) {
    case 'prompt_id':
    case 'run_id':
    case 'request_id':
    case 'run_or_request':
    case 'any_id':
    case 'prompt_or_run':
      return [{ ...base, type: Type.String, autocomplete: true }];
    case 'choice': {
      const choices = textChoices(argument.choices ?? []);
      return [{ ...base, type: Type.String, ...(choices && { choices }) }];
    }
    case 'number':
      return [{ ...base, type: Type.Integer, ...bounds(argument) }];
    case 'text':
      return [{ ...base, type: Type.String, ...held(argument, models) }];
  }
}

function ofOption(
  option: OptionDefinition,
  models: readonly string[],
  help: number,
): APIApplicationCommandBasicOption {
  const base = optionBase(option.name, option.help, help);
  switch (option.type) {
    case 'flag':
      return { ...base, type: Type.Boolean };
    case 'number':
      return { ...base, type: Type.Integer, ...bounds(option) };
    case 'choice': {
      const choices = textChoices(option.choices ?? []);
      return { ...base, type: Type.String, ...(choices && { choices }) };
    }
    case 'frame_rate':
    case 'text':
      return { ...base, type: Type.String, ...held(option, models) };
  }
}

function ofAssignments(
  definition: CommandDefinition,
  help: number,
): readonly APIApplicationCommandBasicOption[] {
  const { assignments } = definition;
  const name = assignmentsOption(definition);
  if (assignments === undefined || name === undefined) return [];
  const words = SLASH_WORDS.assignments(assignments.pattern, assignments.help);
  return [{ ...optionBase(name, words, help), type: Type.String }];
}

/** Models are chosen from where there are few, and completed while somebody types where there are many. */
function held({ holds }: Pick<OptionDefinition, 'holds'>, models: readonly string[]) {
  if (holds === undefined) return { max_length: LIMITS.text };
  const choices = holds === 'model' ? modelChoices(models) : undefined;
  return choices === undefined ? { autocomplete: true as const } : { choices };
}

function bounds({ minimum, maximum }: Pick<OptionDefinition, 'minimum' | 'maximum'>) {
  return {
    ...(minimum !== undefined && { min_value: minimum }),
    ...(maximum !== undefined && { max_value: maximum }),
  };
}

/** Each name once, the first one; those that Discord takes. */
function unlike(
  options: readonly APIApplicationCommandBasicOption[],
): readonly APIApplicationCommandBasicOption[] {
  const seen = new Set<string>();
  return options.filter(({ name }) => {
    if (seen.has(name) || !isCommandName(name)) return false;
    seen.add(name);
    return true;
  });
}
