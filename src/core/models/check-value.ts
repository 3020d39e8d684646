import { type Checked, type ErrorParameters, invalid, valid } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Parameter, ParameterValue } from './profile.ts';
import { parseRegions, regionWords } from './regions.ts';

/** What a value should have been, as it stands in an answer. */
const EXPECTED = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  regions: 'places and texts',
} as const;

type NumberParameter = Extract<Parameter, { type: 'number' | 'integer' }>;

/** As many values of a name that was typed again and again are said in an answer. */
const NAMED = 5;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * One value for one parameter. Text that a person typed becomes the parameter's type where that is beyond doubt
 * (`"0.8"`, `"true"`, `"7"`). Problems: `input.parameter_type` {parameter, expected, given, minimum?,
 * maximum?, nearest?},
 * `input.parameter_range` {parameter, expected, given, minimum?, maximum?, step?, nearest?}, `input.parameter_choice`
 * {parameter, given, choices, nearest?}, and those of `parseRegions`. Of a list, each item is a region; any other
 * parameter has one value: `input.parameter_repeated` {parameter, given}.
 */
export function checkValue(name: string, parameter: Parameter, given: unknown): Checked<ParameterValue> {
  if (parameter.type === 'regions') return checkRegions(name, parameter, given);
  const repeated = repeatedValues(given);
  const [first, ...others] = repeated ?? [];
  if (repeated === undefined) return checkOne(name, parameter, given);
  return others.length === 0 ? checkOne(name, parameter, first) : repeatedProblem(name, repeated);
}

/** `input.parameter_repeated` {parameter, given, list?}: `list` holds all of its values in one word, where it takes several. */
export function repeatedProblem(name: string, given: readonly string[], list?: string): Checked<never> {
  return invalid('input.parameter_repeated', {
    parameter: name,
    given: given.slice(0, NAMED).map(shown),
    ...(list !== undefined && { list }),
  });
}

/** What somebody typed who wrote the name several times, equal values once; undefined for anything else. */
export function repeatedValues(given: unknown): readonly string[] | undefined {
  const isRepeated =
    Array.isArray(given) && given.length > 1 && given.every((each) => typeof each === 'string');
  return isRepeated ? [...new Set<string>(given)] : undefined;
}

type OneValue = Exclude<Parameter, { type: 'regions' }>;

function checkOne(name: string, parameter: OneValue, given: unknown): Checked<ParameterValue> {
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return checkNumber(name, parameter, given);
    case 'boolean':
      return checkBoolean(name, given);
    case 'string':
      return checkText(name, parameter, given);
    case 'choice':
      return checkChoice(name, parameter, given);
  }
}

function checkNumber(name: string, parameter: NumberParameter, given: unknown): Checked<number> {
  const value = toNumber(given);
  const isWhole = value !== undefined && Number.isSafeInteger(value);
  const { minimum, maximum, step } = parameter;
  const bounds = { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
  if (value === undefined || (parameter.type === 'integer' && !isWhole)) {
    const meant = withPoint(name, parameter, given);
    return wrongType(name, parameter.type, given, {
      ...bounds,
      ...(meant !== undefined && { nearest: meant }),
    });
  }
  const isWithin = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  const nearestStep = onStep(parameter, value);
  if (isWithin && isSame(value, nearestStep)) return valid(value === 0 ? 0 : value);
  const suggestion = isWithin ? nearestStep : likelyMeant(value, minimum, maximum, parameter.type);
  return invalid('input.parameter_range', {
    parameter: name,
    expected: EXPECTED[parameter.type],
    given: value,
    ...bounds,
    ...(step === undefined ? {} : { step }),
    ...(suggestion === undefined ? {} : { nearest: suggestion }),
  });
}

/** The value of the parameter that is nearest to one within its bounds. */
export function onStep({ minimum = 0, maximum = Infinity, step }: NumberParameter, value: number): number {
  if (step === undefined) return value;
  const last = Math.floor((maximum - minimum) / step);
  const steps = Math.min(last, Math.round((value - minimum) / step));
  return Number((minimum + steps * step).toPrecision(12));
}

/** But for what binary fractions lose: 0.1 + 0.2 is 0.3. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
}

/** `0,5` → `0.5`, where that is a value of the parameter. */
function withPoint(name: string, parameter: NumberParameter, given: unknown): string | undefined {
  if (typeof given !== 'string' || !/^\s*[+-]?\d*,\d+\s*$/.test(given)) return undefined;
  const mended = given.trim().replace(',', '.');
  return checkNumber(name, parameter, mended).ok ? mended : undefined;
}

function toNumber(given: unknown): number | undefined {
  const value = typeof given === 'string' && NUMBER.test(given.trim()) ? Number(given) : given;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A forgotten point (8 → 0.8), a percentage (75 → 0.75), a sign too many (-0.5 → 0.5). */
function likelyMeant(
  value: number,
  minimum = -Infinity,
  maximum = Infinity,
  type: 'number' | 'integer',
): number | undefined {
  const candidates = type === 'number' && maximum <= 1 && value > 0 ? [value / 10, value / 100] : [-value];
  return candidates.find((candidate) => candidate !== 0 && candidate >= minimum && candidate <= maximum);
}

function checkBoolean(name: string, given: unknown): Checked<boolean> {
  const text = typeof given === 'string' ? given.trim().toLowerCase() : undefined;
  if (given === true || text === 'true') return valid(true);
  if (given === false || text === 'false') return valid(false);
  return wrongType(name, 'boolean', given);
}

function checkText(
  name: string,
  parameter: Extract<Parameter, { type: 'string' }>,
  given: unknown,
): Checked<string> {
  if (typeof given !== 'string' || given.includes('\0')) return wrongType(name, 'string', given);
  const length = [...given].length;
  if (length <= parameter.max_length) return valid(given);
  return invalid('input.parameter_range', {
    parameter: name,
    expected: EXPECTED.string,
    given: `${length} characters`,
    maximum: parameter.max_length,
  });
}

/** As they are typed, one in each line. */
function checkRegions(
  name: string,
  parameter: Extract<Parameter, { type: 'regions' }>,
  given: unknown,
): Checked<string> {
  const lines = Array.isArray(given) ? given : [given];
  if (!lines.every((line): line is string => typeof line === 'string' && !line.includes('\0')))
    return wrongType(name, 'regions', given);
  const regions = parseRegions(name, parameter, lines);
  return regions.ok ? valid(regionWords(regions.value)) : regions;
}

function checkChoice(
  name: string,
  { choices }: Extract<Parameter, { type: 'choice' }>,
  given: unknown,
): Checked<string> {
  const text = String(given).trim();
  const same = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  if (same !== undefined && (typeof given === 'string' || typeof given === 'number')) return valid(same);
  const near = nearest(text, choices);
  const parameters: ErrorParameters = { parameter: name, given: shown(given), choices };
  return invalid(
    'input.parameter_choice',
    near === undefined ? parameters : { ...parameters, nearest: near },
  );
}

function wrongType(
  parameter: string,
  type: keyof typeof EXPECTED,
  given: unknown,
  more: ErrorParameters = {},
): Checked<never> {
  return invalid('input.parameter_type', {
    parameter,
    expected: EXPECTED[type],
    given: shown(given),
    ...more,
  });
}

/** What was given, short enough to be quoted in an answer. */
function shown(given: unknown): string {
  const text = typeof given === 'string' ? given : (JSON.stringify(given) ?? String(given));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
