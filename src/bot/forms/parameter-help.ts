import type { Parameter, ParameterValue } from '../../core/models/profile.ts';
import { parameterValues } from '../thread-view/parameter-words.ts';
import { FIELD_WORDS } from '../wording/form-words.ts';
import { fitsHelp } from './label.ts';
import { severalExample } from './several-example.ts';

/**
 * `number from 0 to 1, usually 0.25, or several: 0.2, 0.5. Weight of the edges; 0 leaves them out`: the bounds first, they
 * are short. Where there is no room for all of it, the kind of number is left out, which an example shows too, and then
 * what is usual, which stands in the field.
 */
export function parameterHelp(name: string, parameter: Parameter): string {
  const { help = '' } = parameter;
  const sentence = (parts: readonly string[]): string =>
    [parts.filter((part) => part !== '').join(', '), help].filter((part) => part !== '').join('. ');
  const usual = parameter.default === undefined ? '' : `usually ${usualWord(parameter.default)}`;
  if (parameter.type !== 'number' && parameter.type !== 'integer') return sentence([usual]);
  const takes = parameterValues(parameter);
  const bounds = takes.replace(/^(whole )?number( from (?=.* to )| )?/, '');
  const example = severalExample(name, parameter);
  const several = example === undefined ? '' : `${FIELD_WORDS.several} ${example}`;
  const shorter = sentence([bounds, several]);
  return [sentence([takes, usual, several]), sentence([bounds, usual, several])].find(fitsHelp) ?? shorter;
}

function usualWord(value: ParameterValue): string {
  if (typeof value !== 'boolean') return String(value);
  return value ? FIELD_WORDS.yes : FIELD_WORDS.no;
}
