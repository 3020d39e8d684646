import type { Problem } from '../../core/errors.ts';
import type { Assignment, CommandWords } from './arguments.ts';
import type { CommandDefinition } from './definition.ts';

/** `seed = 5`, `seed =5`, `edge:0.5`, `edge 0.5`: a decimal number is no id, and neither is what has `=` or `:` in it. */
const SPACED = /^(?<name>[\p{L}_][\p{L}\p{N}_]*)(?: ?[=:] ?(?<value>[^\s=:]+)| (?<decimal>\d*\.\d+))$/u;

/** What may follow `seed=` or `seed=1,` after a space; a word may be the name of a prompt as well. */
const VALUE = /^(?:[+-]?[\d.][\d.,]*|true|false)$/i;

/** `input.parameter_spaced` {given, assignment}: a parameter that was not typed as one word, and would be taken for prompts. */
export function spacedParameter(
  definition: CommandDefinition,
  { positional, assignments }: CommandWords,
): Problem | undefined {
  if (definition.assignments?.holds !== 'parameters') return undefined;
  const required = definition.arguments.filter((argument) => argument.required).length;
  for (let from = required; from < positional.length; from += 1) {
    for (const length of [1, 2, 3]) {
      const given = positional.slice(from, from + length).join(' ');
      const { name, value, decimal } = SPACED.exec(given)?.groups ?? {};
      if (name === undefined) continue;
      const assignment = `${name}=${value ?? decimal ?? ''}`;
      return { code: 'input.parameter_spaced', parameters: { given, assignment } };
    }
  }
  if (definition.arguments.at(-1)?.variadic === true) return undefined;
  return tornParameter(assignments, positional.slice(definition.arguments.length));
}

/**
 * `edge= 0.5`, `seed=1, 2`: the same problem, of a parameter that ends where a value should be. `following` are words for
 * which nothing else was found.
 */
export function tornParameter(
  assignments: readonly Assignment[],
  following: readonly string[],
): Problem | undefined {
  const torn = assignments.find(({ value }) => value === '' || value.endsWith(','));
  const end = following.findIndex((word) => !word.endsWith(','));
  const pieces = following.slice(0, end < 0 ? undefined : end + 1);
  if (torn === undefined || pieces.length === 0 || !pieces.every((piece) => VALUE.test(piece)))
    return undefined;
  const beginning = `${torn.name}=${torn.value}`;
  return {
    code: 'input.parameter_spaced',
    parameters: {
      given: [beginning, ...pieces].join(' '),
      assignment: [beginning, ...pieces].join(''),
    },
  };
}
