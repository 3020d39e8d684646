import { type Checked, invalid, valid } from '../../core/errors.ts';
import { FPS_BOUNDS, readFrameRate } from '../../core/media/frame-rate.ts';
import { nearest } from '../../core/nearest.ts';
import type { ArgumentDefinition, OptionDefinition } from './definition.ts';

export type OptionValue = string | number | boolean;

/** A word for an argument, a choice in its own spelling: `input.argument_invalid`. */
export function checkArgument(verb: string, argument: ArgumentDefinition, word: string): Checked<string> {
  if (argument.kind === 'choice') return checkChoice(verb, argument.name, word, argument.choices ?? []);
  if (argument.kind !== 'number') return valid(word);
  const number = checkNumber(verb, argument.name, word, argument);
  return number.ok ? valid(String(number.value)) : number;
}

/** The value of an option: `input.argument_invalid`, `input.argument_missing`. */
export function checkOption(
  verb: string,
  option: OptionDefinition,
  raw: string | boolean,
): Checked<OptionValue> {
  const name = `--${option.name}`;
  if (option.type === 'flag') {
    if (raw === true || raw === 'true') return valid(true);
    if (raw === false || raw === 'false') return valid(false);
    return invalid('input.argument_invalid', { verb, argument: name, given: raw, expected: 'flag' });
  }
  if (typeof raw === 'boolean') return invalid('input.argument_missing', { verb, argument: `${name} VALUE` });
  if (option.type === 'choice') return checkChoice(verb, name, raw, option.choices ?? []);
  if (option.type === 'frame_rate') return checkFrameRate(verb, name, raw);
  return option.type === 'number' ? checkNumber(verb, name, raw, option) : valid(raw);
}

/** Compares without regard to case, and takes `runs` for `run` and the reverse. */
export function checkChoice(
  verb: string,
  argument: string,
  word: string,
  choices: readonly string[],
): Checked<string> {
  const wanted = word.toLowerCase().replaceAll('-', '_');
  const found = choices.find((choice) => [choice, `${choice}s`, choice.replace(/s$/, '')].includes(wanted));
  if (found !== undefined) return valid(found);
  const near = nearest(word, choices);
  return invalid('input.argument_invalid', {
    verb,
    argument,
    given: word,
    choices,
    ...(near === undefined ? {} : { nearest: near }),
  });
}

function checkFrameRate(verb: string, argument: string, given: string): Checked<string> {
  if (readFrameRate(given) !== undefined) return valid(given);
  return invalid('input.argument_invalid', { verb, argument, given, expected: 'frame rate', ...FPS_BOUNDS });
}

function checkNumber(
  verb: string,
  argument: string,
  word: string,
  bounds: { readonly minimum?: number; readonly maximum?: number },
): Checked<number> {
  const value = /^[+-]?\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
  const inside = value >= (bounds.minimum ?? -Infinity) && value <= (bounds.maximum ?? Infinity);
  if (inside) return valid(value);
  return invalid('input.argument_invalid', {
    verb,
    argument,
    given: word,
    expected: 'whole number',
    ...(bounds.minimum === undefined ? {} : { minimum: bounds.minimum }),
    ...(bounds.maximum === undefined ? {} : { maximum: bounds.maximum }),
  });
}
