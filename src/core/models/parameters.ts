import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Role } from '../prompts/prompt.ts';
import { checkValue } from './check-value.ts';
import type { ParameterValue, ParameterValues, Profile } from './profile.ts';
import { brokenRules, withRuleDefaults } from './rules.ts';

/**
 * The complete parameters of a run: what was given, checked, and for the rest the defaults of the profile and of its
 * rules. All problems at once: those of `checkValue`, `input.parameter_unknown` {parameter, model, known, nearest?},
 * `input.weights_all_zero` {model, parameters}, and those of `brokenRules`. A value of `undefined` counts as not given;
 * `roles` are those of the files that are given.
 */
export function checkParameters(
  profile: Profile,
  given: Readonly<Record<string, unknown>>,
  roles: ReadonlySet<Role> = new Set(),
): Checked<ParameterValues> {
  const weights = weightParameters(profile);
  const values: [string, ParameterValue][] = [];
  const problems: Problem[] = [];
  for (const [name, parameter] of Object.entries(profile.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) {
      const checked = checkValue(name, parameter, value);
      if (checked.ok) values.push([name, checked.value]);
      else
        problems.push(
          ...checked.problems.map((problem) => (weights.includes(name) ? asWeight(problem) : problem)),
        );
    } else if (parameter.default !== undefined) {
      values.push([name, parameter.default]);
    }
  }
  problems.push(...unknownParameters(profile, given));

  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  const isGiven = new Set(Object.keys(given).filter((name) => given[name] !== undefined));
  const parameters = withRuleDefaults({ profile, parameters: Object.fromEntries(values), roles }, isGiven);
  const [broken, ...others] = brokenRules({ profile, parameters, roles });
  if (broken !== undefined) return { ok: false, problems: [broken, ...others] };
  if (weights.length > 0 && weights.every((name) => parameters[name] === 0)) {
    return invalid('input.weights_all_zero', { model: profile.id, parameters: weights });
  }
  return valid(parameters);
}

/** Names of the parameters that are weights of controls, in the order of the controls. */
export function weightParameters(profile: Profile): readonly string[] {
  return [...new Set(Object.values(profile.controls).map((control) => control.weight.parameter))];
}

/** The same problem of a parameter that is a weight. */
export function asWeight({ code, parameters }: Problem): Problem {
  return { code, parameters: { ...parameters, expected: 'a weight' } };
}

function unknownParameters(profile: Profile, given: Readonly<Record<string, unknown>>): Problem[] {
  const known = Object.keys(profile.parameters);
  return Object.keys(given)
    .filter((name) => !known.includes(name) && given[name] !== undefined)
    .map((name) => {
      const near = nearest(name, known);
      const parameters = { parameter: name, model: profile.id, known };
      return {
        code: 'input.parameter_unknown',
        parameters: near === undefined ? parameters : { ...parameters, nearest: near },
      };
    });
}
