import { type Checked, invalid, valid } from '../errors.ts';
import { checkValue, repeatedProblem, repeatedValues } from '../models/check-value.ts';
import type { Parameter } from '../models/profile.ts';

/** `1..8`, `1..9..2`, `8..1`. */
const RANGE = /^([+-]?\d{1,15})\.\.([+-]?\d{1,15})(?:\.\.(\d{1,15}))?$/;
/** What is left of `"a","b"` when the words of a line were divided: a mark that follows a comma. */
const LISTED_TEXTS = /,["“„'‘][^"”“'’]*["”“'’]$/;

/**
 * The values that stand in one word, in order, each once: `0.2,0.5,0.8`, `1..8`, `low,high`. Only one value where the
 * type has no lists: a comma belongs to a text. Values are not checked, unless that tells what was meant. Fails with
 * `input.list_invalid` {parameter, given, reason}, where the name was typed several times with
 * `input.parameter_repeated` {parameter, given, list?}, and, before anything is made of a long range, with
 * `queue.too_many_runs` {count, maximum}.
 */
export function listValues(
  name: string,
  parameter: Parameter,
  given: unknown,
  maximum: number,
): Checked<readonly unknown[]> {
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  const hasLists = isNumber || parameter.type === 'boolean' || parameter.type === 'choice';
  const [first, ...others] = repeatedValues(given) ?? [];
  if (first !== undefined && hasLists) {
    return others.length === 0
      ? listValues(name, parameter, first, maximum)
      : repeated(name, parameter, [first, ...others], maximum);
  }
  if (typeof given !== 'string') return valid([given]);
  if (!hasLists) {
    return LISTED_TEXTS.test(given) ? flawed(name, given, 'text') : valid([given]);
  }
  if (!given.includes(',') && !(isNumber && given.includes('..'))) return valid([given]);
  if (!isNumber && checkValue(name, parameter, given).ok) return valid([given]);
  const pieces = given.split(',').map((piece) => piece.trim());
  if (pieces.some((piece) => piece === '')) return flawed(name, given, 'gap');
  if (parameter.type === 'choice') return valid(unlike(joinedChoices(pieces, parameter.choices)));
  if (!isNumber) return valid(unlike(pieces));
  return isDecimalComma(name, parameter, given, pieces)
    ? valid([given])
    : numbers(name, pieces, given, maximum);
}

/** One list of all of them is what was meant, unless they can be none. */
function repeated(
  name: string,
  parameter: Parameter,
  given: readonly string[],
  maximum: number,
): Checked<never> {
  const list = given.join(',');
  const isList = list.length <= 100 && listValues(name, parameter, list, maximum).ok;
  return repeatedProblem(name, given, isList ? list : undefined);
}

function numbers(
  name: string,
  pieces: readonly string[],
  given: string,
  maximum: number,
): Checked<readonly unknown[]> {
  const values: string[] = [];
  for (const piece of pieces) {
    if (!piece.includes('..')) {
      values.push(piece);
      continue;
    }
    const [, from, to, stepText = '1'] = RANGE.exec(piece) ?? [];
    if (from === undefined || to === undefined) return flawed(name, given, 'range');
    const step = Number(stepText);
    if (step === 0) return flawed(name, given, 'step');
    const count = Math.floor(Math.abs(Number(to) - Number(from)) / step) + 1;
    if (count > maximum) return invalid('queue.too_many_runs', { count, maximum });
    const direction = Number(to) < Number(from) ? -step : step;
    for (let index = 0; index < count; index += 1) values.push(String(Number(from) + index * direction));
  }
  return valid(unlike(values, (value) => (Number.isNaN(Number(value)) ? value : Number(value))));
}

/** `0,5` for a weight is no list of 0 and 5: the answer says how it is written. */
function isDecimalComma(
  name: string,
  parameter: Parameter,
  given: string,
  pieces: readonly string[],
): boolean {
  return (
    /^\s*[+-]?\d*,\d+\s*$/.test(given) &&
    !pieces.every((piece) => checkValue(name, parameter, piece).ok) &&
    checkValue(name, parameter, given.trim().replace(',', '.')).ok
  );
}

/** Choices may hold commas themselves, as `16,9` does: the longest that fits is taken. */
function joinedChoices(pieces: readonly string[], choices: readonly string[]): readonly string[] {
  const known = new Set(choices.map((choice) => choice.toLowerCase()));
  // No further pieces are put together than a choice has: what somebody sends may have thousands.
  const longest = Math.max(1, ...choices.map((choice) => choice.split(',').length));
  const values: string[] = [];
  for (let at = 0; at < pieces.length; ) {
    const lengths = pieces.slice(at, at + longest).map((_, index) => index + 1);
    const joined = (length: number): string => pieces.slice(at, at + length).join(',');
    const length = lengths.findLast((each) => known.has(joined(each).toLowerCase())) ?? 1;
    values.push(joined(length));
    at += length;
  }
  return values;
}

/** Each once, the first of equal ones. */
function unlike<T>(values: readonly T[], keyOf: (value: T) => unknown = (value) => value): readonly T[] {
  const known = new Set<unknown>();
  return values.filter((value) => {
    const key = keyOf(value);
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

type Reason = 'gap' | 'range' | 'step' | 'text';

function flawed(parameter: string, given: string, reason: Reason): Checked<never> {
  return invalid('input.list_invalid', { parameter, given: given.slice(0, 100), reason });
}
