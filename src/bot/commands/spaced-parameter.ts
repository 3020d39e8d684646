import type { Problem } from '../../core/errors.ts';
import type { CommandDefinition } from './definition.ts';

/** `seed = 5`, `seed =5`, `edge:0.5`, `edge 0.5`: a decimal number is no id, and neither is what has `=` or `:` in it. */
const SPACED = /^(?<name>[\p{L}_][\p{L}\p{N}_]*)(?: ?[=:] ?(?<value>[^\s=:]+)| (?<decimal>\d*\.\d+))$/u;

/** `input.parameter_spaced` {given, assignment}: a parameter that was not typed as one word, and would be taken for prompts. */
export function spacedParameter(
  definition: CommandDefinition,
  positional: readonly string[],
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
  return undefined;
}
