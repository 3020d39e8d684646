import type { Problem } from '../errors.ts';
import type { Role } from '../prompts/prompt.ts';
import { activeControls } from './controls.ts';
import type { ParameterValue, ParameterValues, Profile } from './profile.ts';

type Rule = Profile['rules'][number];
type Conditions = Rule['when'];
type Condition = Conditions['parameters'][string];
type Limits = NonNullable<Conditions['controls']>;

/** What a run is asked to be, as far as rules look at it. */
interface Asked {
  readonly profile: Profile;
  readonly parameters: ParameterValues;
  /** Of the files that are given. */
  readonly roles: ReadonlySet<Role>;
}

/** The parameters with the defaults of all rules that hold, in their order; what is `given` stays. */
export function withRuleDefaults(asked: Asked, given: ReadonlySet<string>): ParameterValues {
  let { parameters } = asked;
  for (const rule of asked.profile.rules) {
    if (!holds({ ...asked, parameters }, rule.when)) continue;
    const implied = Object.entries(rule.defaults).filter(([name]) => !given.has(name));
    parameters = { ...parameters, ...Object.fromEntries(implied) };
  }
  return parameters;
}

/**
 * The rules that a run breaks: `input.rule_broken` {model, message, because: settings as typed, needs: settings that
 * would mend it, files: roles that are missing, unwanted: roles that are too many}. Empty lists are left out.
 */
export function brokenRules(asked: Asked): readonly Problem[] {
  return asked.profile.rules.flatMap((rule): Problem[] => {
    if (rule.needs === undefined || !holds(asked, rule.when) || holds(asked, rule.needs)) return [];
    const lists = {
      because: Object.entries(rule.when.parameters).flatMap(([name, condition]) => asTyped(name, condition)),
      needs: Object.entries(rule.needs.parameters)
        .filter(([name, condition]) => !fits(asked.parameters[name], condition))
        .flatMap(([name, condition]) => asTyped(name, condition)),
      files: wrongInputs(asked, rule.needs, true),
      unwanted: wrongInputs(asked, rule.needs, false),
    };
    const present = Object.entries(lists).filter(([, words]) => words.length > 0);
    const parameters = {
      model: asked.profile.id,
      message: rule.message ?? '',
      ...Object.fromEntries(present),
    };
    return [{ code: 'input.rule_broken', parameters }];
  });
}

/** Whether all of the conditions are true of a run. */
export function holds(asked: Asked, { parameters, inputs, controls }: Conditions): boolean {
  return (
    Object.entries(parameters).every(([name, condition]) => fits(asked.parameters[name], condition)) &&
    Object.entries(inputs).every(([role, wanted]) => isGiven(asked, role) === wanted) &&
    (controls === undefined ||
      isWithin(activeControls(asked.profile, asked.parameters, asked.roles).length, controls))
  );
}

/** A value that nobody has set fits `{ set = false }` alone. */
function fits(value: ParameterValue | undefined, condition: Condition): boolean {
  if (typeof condition !== 'object') return value === condition;
  if (isList(condition)) return value !== undefined && condition.includes(value);
  if ('set' in condition) return (value !== undefined) === condition.set;
  return typeof value === 'number' && isWithin(value, condition);
}

function isWithin(value: number, { minimum, maximum, above, below }: Limits): boolean {
  return (
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity)
  );
}

/** How somebody would write it: `vis=0`, `edge>0`; nothing for a parameter that is to have any value, or none. */
function asTyped(name: string, condition: Condition): readonly string[] {
  if (typeof condition !== 'object') return [`${name}=${condition}`];
  if (isList(condition)) return [condition.map((value) => `${name}=${value}`).join(' or ')];
  if ('set' in condition) return [];
  const { minimum, maximum, above, below } = condition;
  const signs = { '>=': minimum, '<=': maximum, '>': above, '<': below };
  return Object.entries(signs).flatMap(([sign, limit]) => (limit === undefined ? [] : [name + sign + limit]));
}

function wrongInputs(asked: Asked, { inputs }: Conditions, wanted: boolean): readonly string[] {
  return Object.entries(inputs)
    .filter(([role, given]) => given === wanted && isGiven(asked, role) !== wanted)
    .map(([role]) => role);
}

function isGiven({ roles }: Asked, role: string): boolean {
  return [...roles].some((given) => given === role);
}

function isList(condition: Condition): condition is Extract<Condition, readonly unknown[]> {
  return Array.isArray(condition);
}
