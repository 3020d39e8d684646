import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType as Type } from 'discord.js';
import type { Parameter, Profile } from '../../../core/models/profile.ts';
import type { ModelTask } from '../../../core/models/tasks.ts';
import { COMMAND_LIMITS as LIMITS } from './command-limits.ts';
import { optionBase, textChoices } from './option-base.ts';

/** Beyond it Discord knows no whole numbers, and takes no bounds. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** What of a model is seen in the commands. */
export interface OfferedModel {
  readonly id: string;
  /** `generate` where absent. */
  readonly task?: ModelTask;
  readonly parameters: Profile['parameters'];
}

type ParameterOf<T extends Parameter['type']> = Extract<Parameter, { readonly type: T }>;

/**
 * An option for each essential parameter of these models, by name; one that several models have takes what any of them
 * takes: which of it fits the model that is meant is told by the bot.
 */
export function parameterOptions(
  models: readonly OfferedModel[],
  helpCharacters: number,
): readonly APIApplicationCommandBasicOption[] {
  const byName = new Map<string, [Parameter, ...Parameter[]]>();
  for (const model of models) {
    for (const [name, parameter] of Object.entries(model.parameters)) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [parameter]);
      else known.push(parameter);
    }
  }
  return [...byName]
    .filter(([, parameters]) => parameters.some(({ essential }) => essential))
    .map(([name, parameters]) => toOption(name, parameters, helpCharacters));
}

function toOption(
  name: string,
  parameters: readonly [Parameter, ...Parameter[]],
  helpCharacters: number,
): APIApplicationCommandBasicOption {
  const [{ title, unit, help }] = parameters;
  const words = `${title}${unit === undefined ? '' : `, ${unit}`}${help === undefined ? '' : `: ${help}`}`;
  const base = optionBase(name, words, helpCharacters);
  const numbers = allOf(parameters, 'integer', 'number');
  if (numbers !== undefined) {
    const isWhole = numbers.every(({ type }) => type === 'integer');
    return isWhole
      ? { ...base, type: Type.Integer, ...bounds(numbers) }
      : { ...base, type: Type.Number, ...bounds(numbers) };
  }
  if (allOf(parameters, 'boolean') !== undefined) return { ...base, type: Type.Boolean };
  const lists = allOf(parameters, 'choice');
  if (lists !== undefined) {
    const choices = textChoices([...new Set(lists.flatMap((each) => each.choices))]);
    return { ...base, type: Type.String, ...(choices && { choices }) };
  }
  const texts = allOf(parameters, 'string');
  if (texts === undefined) return { ...base, type: Type.String };
  const most = Math.max(...texts.map((each) => each.max_length));
  return { ...base, type: Type.String, max_length: Math.min(Math.max(most, 1), LIMITS.text) };
}

function bounds(numbers: readonly ParameterOf<'integer' | 'number'>[]) {
  const minimum = widest(
    Math.min,
    numbers.map((each) => each.minimum),
  );
  const maximum = widest(
    Math.max,
    numbers.map((each) => each.maximum),
  );
  return {
    ...(minimum !== undefined && { min_value: minimum }),
    ...(maximum !== undefined && { max_value: maximum }),
  };
}

/** The bound that all have room in; none where one has no bound. */
function widest(
  choose: (...values: number[]) => number,
  limits: readonly (number | undefined)[],
): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  const limit = choose(...known);
  return known.length < limits.length || Math.abs(limit) > LARGEST ? undefined : limit;
}

/** The parameters, where all are of these types. */
function allOf<T extends Parameter['type']>(
  parameters: readonly Parameter[],
  ...types: readonly T[]
): readonly ParameterOf<T>[] | undefined {
  const isOne = (each: Parameter): each is ParameterOf<T> => types.some((type) => type === each.type);
  const fitting = parameters.filter(isOne);
  return fitting.length === parameters.length ? fitting : undefined;
}
