import { checkValue } from '../../core/models/check-value.ts';
import type { Parameter, ParameterValue, ParameterValues, Profile } from '../../core/models/profile.ts';
import type { FormField, FormValues } from '../../core/ports/chat-surfaces.ts';
import { FIELD_WORDS } from '../wording/form-words.ts';
import { choiceLabel, fieldHelp, fieldLabel } from './label.ts';
import { fitsParameter, valueCount } from './listed-values.ts';
import { parameterHelp } from './parameter-help.ts';
import { MAXIMUM_CHOICES } from './search-choices.ts';

const PREFIX = 'parameter:';

/** The name of the field of a parameter; no other field has such a name. */
export function parameterField(name: string): string {
  return `${PREFIX}${name}`;
}

export interface ParameterFieldsOf {
  readonly profile: Profile;
  /** Parameters that have a say with the files; the others are not asked for. */
  readonly usable: ReadonlySet<string>;
  /** What they are where nothing is filled in. */
  readonly now: ParameterValues;
  readonly values: FormValues;
  /** The values were filled in for this very model: also what does not fit it is kept, to be corrected. */
  readonly keepsAll: boolean;
}

/** A question for each parameter of a model, the essential ones first. */
export function parameterFields({ profile, usable, now, values, keepsAll }: ParameterFieldsOf): FormField[] {
  return Object.entries(profile.parameters)
    .filter(([name]) => usable.has(name))
    .toSorted(([, one], [, other]) => Number(other.essential) - Number(one.essential))
    .map(([name, parameter]) => {
      const typed = asOneLine(parameter, values[parameterField(name)]);
      if (typed !== undefined && isKeptAsTyped(name, parameter, typed, keepsAll))
        return { ...base(name, parameter), ...text(typed) };
      // What does not fit this model, or does not any more, is not kept.
      const fitting = [typed, now[name], parameter.default].flatMap((value) => {
        const checked = value === undefined ? undefined : checkValue(name, parameter, value);
        return checked?.ok === true ? [checked.value] : [];
      });
      return toField(name, parameter, fitting[0]);
    });
}

/** What stands several times where one value is asked for was meant as a list of them. */
function asOneLine({ type }: Parameter, given: string | undefined): string | undefined {
  return type === 'string' || type === 'regions' ? given : given?.split(/\r\n|\r|\n/).join(',');
}

/** Numbers and lists of anything stand in a field as they were typed. */
function isKeptAsTyped(name: string, parameter: Parameter, typed: string, keepsAll: boolean): boolean {
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return typed.trim() !== '' && (keepsAll || fitsParameter(name, parameter, typed));
    case 'boolean':
    case 'choice':
      // One of the choices is chosen among them.
      return valueCount(name, parameter, typed) > 1 && (keepsAll || fitsParameter(name, parameter, typed));
    case 'string':
    case 'regions':
      return false;
  }
}

/**
 * What was filled in and is different from `now`, as `name=value` words are typed. A value that cannot be read is
 * different: the check of the words tells what is wrong with it.
 */
export function changedParameters(
  profile: Profile,
  now: ParameterValues,
  values: FormValues,
): Readonly<Record<string, string>> {
  const changed = Object.entries(profile.parameters).flatMap(([name, parameter]) => {
    const given = values[parameterField(name)];
    if (given === undefined) return [];
    const checked = checkValue(name, parameter, given);
    return checked.ok && checked.value === now[name] ? [] : [[name, given] as const];
  });
  return Object.fromEntries(changed);
}

function base(name: string, parameter: Parameter) {
  return {
    name: parameterField(name),
    label: fieldLabel(`${parameter.title}${parameter.unit === undefined ? '' : `, ${parameter.unit}`}`),
    help: fieldHelp(parameterHelp(name, parameter)),
    required: false,
  };
}

function toField(name: string, parameter: Parameter, initial: ParameterValue | undefined): FormField {
  const asked = base(name, parameter);
  switch (parameter.type) {
    case 'number':
    case 'integer':
      // A field for numbers takes one number, and no list.
      return { ...asked, ...text(initial) };
    case 'boolean':
      return { ...asked, ...choice(['true', 'false'], [FIELD_WORDS.yes, FIELD_WORDS.no], initial) };
    case 'choice':
      if (parameter.choices.length <= MAXIMUM_CHOICES)
        return { ...asked, ...choice(parameter.choices, parameter.choices, initial) };
      return { ...asked, ...text(initial) };
    case 'string':
      return { ...asked, ...text(initial), maxCharacters: parameter.max_length };
    case 'regions':
      return { ...asked, ...text(initial), multiline: true };
  }
}

function choice(values: readonly string[], labels: readonly string[], initial: ParameterValue | undefined) {
  const choices = values.map((value, index) => ({ value, label: choiceLabel(labels[index] ?? value) }));
  return {
    kind: 'choice' as const,
    refreshes: false,
    choices,
    ...(initial !== undefined && { initial: String(initial) }),
  };
}

function text(initial: ParameterValue | undefined) {
  return {
    kind: 'text' as const,
    multiline: false,
    ...(initial !== undefined && { initial: String(initial) }),
  };
}
