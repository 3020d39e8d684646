import { checkValue } from '../../core/models/check-value.ts';
import type { Parameter, ParameterValue, ParameterValues, Profile } from '../../core/models/profile.ts';
import type { FormField, FormValues } from '../../core/ports/chat-surfaces.ts';
import { parameterValues } from '../thread-view/parameter-words.ts';
import { FIELD_WORDS } from '../wording/form-words.ts';
import { choiceLabel, fieldHelp, fieldLabel } from './label.ts';
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
}

/** A question for each parameter of a model, the essential ones first. */
export function parameterFields({ profile, usable, now, values }: ParameterFieldsOf): FormField[] {
  return Object.entries(profile.parameters)
    .filter(([name]) => usable.has(name))
    .toSorted(([, one], [, other]) => Number(other.essential) - Number(one.essential))
    .map(([name, parameter]) => {
      const given = values[parameterField(name)];
      // What does not fit this model, or does not any more, is not kept.
      const fitting = [given, now[name], parameter.default].flatMap((value) => {
        const checked = value === undefined ? undefined : checkValue(name, parameter, value);
        return checked?.ok === true ? [checked.value] : [];
      });
      return toField(name, parameter, fitting[0]);
    });
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

function toField(name: string, parameter: Parameter, initial: ParameterValue | undefined): FormField {
  const base = {
    name: parameterField(name),
    label: fieldLabel(`${parameter.title}${parameter.unit === undefined ? '' : `, ${parameter.unit}`}`),
    help: fieldHelp(helpOf(parameter)),
    required: false,
  };
  switch (parameter.type) {
    case 'number':
    case 'integer': {
      const { minimum, maximum } = parameter;
      return {
        ...base,
        kind: 'number',
        whole: parameter.type === 'integer',
        ...(typeof initial === 'number' && { initial }),
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
    case 'boolean':
      return { ...base, ...choice(['true', 'false'], [FIELD_WORDS.yes, FIELD_WORDS.no], initial) };
    case 'choice':
      if (parameter.choices.length <= MAXIMUM_CHOICES)
        return { ...base, ...choice(parameter.choices, parameter.choices, initial) };
      return { ...base, ...text(initial) };
    case 'string':
      return { ...base, ...text(initial), maxCharacters: parameter.max_length };
    case 'regions':
      return { ...base, ...text(initial), multiline: true };
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

/** `number from 0 to 1, usually 0.25. Weight of the edges; 0 leaves them out`: the bounds first, they are short. */
function helpOf(parameter: Parameter): string {
  const isListed = ['boolean', 'choice', 'string', 'regions'].includes(parameter.type);
  const takes = isListed ? '' : parameterValues(parameter);
  const usual = parameter.default === undefined ? '' : `usually ${usualWord(parameter.default)}`;
  const range = [takes, usual].filter((part) => part !== '').join(', ');
  return [range, parameter.help ?? ''].filter((part) => part !== '').join('. ');
}

function usualWord(value: ParameterValue): string {
  if (typeof value !== 'boolean') return String(value);
  return value ? FIELD_WORDS.yes : FIELD_WORDS.no;
}
