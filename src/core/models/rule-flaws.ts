import type { Role } from '../prompts/prompt.ts';
import { checkValue } from './check-value.ts';
import type { Parameter, ParameterValue, Profile } from './profile.ts';
import { type Flaw, unknownName } from './profile-flaws.ts';
import { brokenRules, withRuleDefaults } from './rules.ts';

type Path = readonly (string | number)[];
type Conditions = Profile['rules'][number]['when'];

/** Flaws of rules: names that point nowhere, values that no parameter can have, rules that say nothing. */
export function ruleFlaws(profile: Profile): readonly Flaw[] {
  const flaws = profile.rules.flatMap((rule, index): readonly Flaw[] => {
    const path = ['rules', index];
    return [
      ...conditionFlaws(profile, [...path, 'when'], rule.when),
      ...(rule.needs === undefined ? [] : conditionFlaws(profile, [...path, 'needs'], rule.needs)),
      ...Object.entries(rule.defaults).flatMap(([name, value]) =>
        valueFlaws(profile, [...path, 'defaults', name], name, [value]),
      ),
      ...(rule.needs === undefined && Object.keys(rule.defaults).length === 0
        ? [{ path, message: 'needs "needs" or "defaults"' }]
        : []),
      ...(rule.needs !== undefined && rule.message === undefined
        ? [{ path, message: 'needs a message: it is what people read who break the rule' }]
        : []),
    ];
  });
  return flaws.length > 0 ? flaws : selfFlaws(profile);
}

function conditionFlaws(profile: Profile, path: Path, conditions: Conditions): readonly Flaw[] {
  const { parameters, inputs, controls } = conditions;
  const roles = Object.keys(profile.inputs);
  const ofParameters = Object.entries(parameters).flatMap(([name, condition]) => {
    const place = [...path, 'parameters', name];
    if (typeof condition !== 'object') return valueFlaws(profile, place, name, [condition]);
    if (isList(condition)) return valueFlaws(profile, place, name, condition);
    return 'set' in condition ? nameFlaws(profile, place, name) : limitFlaws(profile, place, name);
  });
  return [
    ...ofParameters,
    ...Object.keys(inputs)
      .filter((role) => !roles.includes(role))
      .map((role) => unknownName([...path, 'inputs', role], 'input', role, roles)),
    ...(controls !== undefined && Object.keys(profile.controls).length === 0
      ? [{ path: [...path, 'controls'], message: 'the model has no controls' }]
      : []),
  ];
}

function nameFlaws(profile: Profile, path: Path, name: string): readonly Flaw[] {
  const known = Object.keys(profile.parameters);
  return known.includes(name) ? [] : [unknownName(path, 'parameter', name, known)];
}

function valueFlaws(
  profile: Profile,
  path: Path,
  name: string,
  values: readonly ParameterValue[],
): readonly Flaw[] {
  const parameter = profile.parameters[name];
  if (parameter === undefined) return nameFlaws(profile, path, name);
  return values
    .filter((value) => !isValue(name, parameter, value))
    .map((value) => ({ path, message: `${value} is not a value that the parameter allows` }));
}

/** As it would be stored: `"5"` is not the number that a run has. */
function isValue(name: string, parameter: Parameter, value: ParameterValue): boolean {
  const checked = checkValue(name, parameter, value);
  return checked.ok && checked.value === value;
}

function limitFlaws(profile: Profile, path: Path, name: string): readonly Flaw[] {
  const type = profile.parameters[name]?.type;
  if (type === undefined) return nameFlaws(profile, path, name);
  return type === 'number' || type === 'integer' ? [] : [{ path, message: 'only a number has limits' }];
}

/** Whoever sets nothing must not be refused, whether the least or the most files are given. */
function selfFlaws(profile: Profile): readonly Flaw[] {
  const inputs = Object.entries(profile.inputs);
  const needed = inputs.filter(([, input]) => input?.required === true);
  const [broken] = brokenByDefaults(profile, needed);
  const [also] = brokenByDefaults(profile, inputs);
  if (broken === undefined || also === undefined) return [];
  return [
    { path: ['rules'], message: `the profile's own defaults break it: ${broken.parameters['message']}` },
  ];
}

function brokenByDefaults(
  profile: Profile,
  inputs: readonly (readonly [string, unknown])[],
): ReturnType<typeof brokenRules> {
  const defaults = Object.entries(profile.parameters).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const roles = new Set(inputs.map(([role]) => role as Role));
  const asked = { profile, parameters: Object.fromEntries(defaults), roles };
  return brokenRules({ ...asked, parameters: withRuleDefaults(asked, new Set()) });
}

function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}
