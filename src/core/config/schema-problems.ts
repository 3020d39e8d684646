import { z } from 'zod';
import type { ErrorCode, ErrorParameters, Problem } from '../errors.ts';
import { ERRORS } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { preview, rangeOf, typeWord } from './describe-value.ts';
import {
  formatPath,
  type KeyPath,
  keysOf,
  meantOption,
  scalarsOf,
  schemaAt,
  schemasAlong,
  schemasBelow,
  valueAt,
} from './schema-walk.ts';
import { isSecretSchema } from './secret.ts';
import { HIDDEN, isSecretKey, withoutSecrets } from './without-secrets.ts';

export interface CheckedInput {
  readonly schema: z.core.$ZodType;
  /** What was parsed: the issues do not say what was given. */
  readonly input: unknown;
  /** Added to every problem, such as `file`. */
  readonly parameters: ErrorParameters;
}

/**
 * The problems of a table that its schema refused: each with `where` (`hosts[0].name`), what is wrong and what would be
 * right. Codes and parameters:
 * - `config.unknown_key`: `key`, `known` (list), `nearest`?
 * - `config.missing_key`: `keys` (list; one of them is missing at `where`)
 * - `config.wrong_type`: `expected` (list of type words), `given`
 * - `config.out_of_range`: `given`, `measure` (`value`, `characters`, `entries`), `minimum`?, `maximum`?;
 *   `above` or `below` alone where the limit itself is too little or too much
 * - `config.unknown_choice`: `given`, `choices` (list), `nearest`?
 * - `config.invalid_name`: `given`, `pattern`, `nearest`? (a mended name)
 * - `config.secret_inline`: nothing else, the value is never repeated
 * - `config.invalid_value`: `given`, `reason`?
 *
 * `given` never holds what looks like a secret, or stands where one belongs.
 *
 * A check of the schema's own says its code with `params: { code, parameters }`.
 */
export function schemaProblems(error: z.core.$ZodError, checked: CheckedInput): Problem[] {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, issue.path, checked));
  const unlike = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unlike.values()];
}

function problemsOf(issue: z.core.$ZodIssue, path: KeyPath, checked: CheckedInput): Problem[] {
  const make = (code: ErrorCode, parameters: ErrorParameters, at: KeyPath = path): Problem => ({
    code,
    parameters: { where: formatPath(at), ...parameters, ...checked.parameters },
  });
  const value = valueAt(checked.input, path);
  const given = shown(path, checked);

  if (issue.code === 'invalid_key') {
    return [make('config.invalid_name', nameParameters(path.at(-1), keyPattern(issue)))];
  }
  if (issue.code === 'custom' && isErrorCode(issue.params?.code)) return [customProblem(issue, given, make)];
  const secretDepth = schemasAlong(checked.schema, checked.input, path).findIndex(isSecretSchema);
  if (secretDepth >= 0) return [secretProblem(path.slice(0, secretDepth), checked, make)];
  if (value === undefined && issue.code !== 'custom' && path.length > 0) {
    return [make('config.missing_key', { keys: [String(path.at(-1))] }, path.slice(0, -1))];
  }

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, checked, make));
    case 'invalid_type':
      return [
        make('config.wrong_type', {
          expected: [typeWord(issue.expected, schemaAt(checked.schema, checked.input, path))],
          given,
        }),
      ];
    case 'invalid_value':
      return [make('config.unknown_choice', choiceParameters(value, issue.values, given))];
    case 'too_small':
    case 'too_big':
      return [
        make('config.out_of_range', {
          given,
          ...rangeOf(issue, schemaAt(checked.schema, checked.input, path)),
        }),
      ];
    case 'invalid_format':
      return [make('config.invalid_name', nameParameters(value, issue.pattern))];
    case 'invalid_union':
      return unionProblems(issue, path, checked, make);
    case 'custom':
      return [customProblem(issue, given, make)];
    default:
      return [make('config.invalid_value', { given, reason: issue.code })];
  }
}

/** What was given, as `preview` shows it; hidden where secrets belong, even if it looks like none. */
function shown(path: KeyPath, { schema, input }: CheckedInput): string {
  const value = valueAt(input, path);
  const here = schemasAlong(schema, input, path).at(-1);
  const isSecret =
    isSecretKey(String(path.at(-1))) || (here !== undefined && schemasBelow(here).some(isSecretSchema));
  return isSecret && typeof value === 'string' ? HIDDEN : preview(value);
}

type Make = (code: ErrorCode, parameters: ErrorParameters, at?: KeyPath) => Problem;

function secretProblem(path: KeyPath, checked: CheckedInput, make: Make): Problem {
  const value = valueAt(checked.input, path);
  if (value === undefined && path.length > 0)
    return make('config.missing_key', { keys: [String(path.at(-1))] }, path.slice(0, -1));
  if (typeof value === 'string') return make('config.secret_inline', {}, path);
  const given = typeof value === 'object' ? preview(value) : typeof value;
  return make('config.wrong_type', { expected: ['secret'], given }, path);
}

function unknownKey(key: string, path: KeyPath, checked: CheckedInput, make: Make): Problem {
  const known = knownKeys(schemaAt(checked.schema, checked.input, path));
  const elsewhere = scalarsOf(checked.schema).find(([place]) => place.at(-1) === key)?.[0];
  const suggestion = nearest(key, known) ?? (elsewhere && formatPath(elsewhere));
  return make('config.unknown_key', { key, known, ...(suggestion && { nearest: suggestion }) }, [
    ...path,
    key,
  ]);
}

/** Of a table whose keys are a choice, such as the roles of `inputs`, all of that choice. */
function knownKeys(schema: z.core.$ZodType | undefined): string[] {
  const keys = schema instanceof z.ZodRecord ? schema.def.keyType : undefined;
  return keys instanceof z.ZodEnum ? keys.options.map(String) : keysOf(schema);
}

function choiceParameters(value: unknown, values: readonly unknown[], given: string): ErrorParameters {
  const choices = values.map(String);
  const suggestion = typeof value === 'string' ? nearest(value, choices) : undefined;
  return { given, choices, ...(suggestion && { nearest: suggestion }) };
}

function nameParameters(value: unknown, pattern: string | undefined): ErrorParameters {
  const expression = pattern?.replace(/^\/(.*)\/[a-z]*$/, '$1') ?? '';
  const mended = String(value)
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const isToken = typeof value === 'string' && withoutSecrets(value) !== value;
  const fits = !isToken && mended !== '' && new RegExp(expression).test(mended);
  return { given: preview(value), pattern: expression, ...(fits && { nearest: mended }) };
}

function keyPattern(issue: z.core.$ZodIssueInvalidKey): string | undefined {
  const format = issue.issues.find((inner) => inner.code === 'invalid_format');
  return format?.pattern;
}

/** Says what is wrong in the shape that the value was meant to have; all shapes where it has the type of none. */
function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  path: KeyPath,
  checked: CheckedInput,
  make: Make,
): Problem[] {
  if (issue.errors.length === 0 && 'options' in issue && issue.options) {
    const choices = choiceParameters(valueAt(checked.input, path), issue.options, shown(path, checked));
    return [make('config.unknown_choice', choices)];
  }
  const union = schemasAlong(checked.schema, checked.input, path).at(-1);
  const option = union instanceof z.ZodUnion ? meantOption(union, valueAt(checked.input, path)) : -1;
  const shapes = union instanceof z.ZodUnion ? union.def.options : [];
  const meant = issue.errors[option] ?? issue.errors.find((errors) => !errors.some(isWrongTypeHere));
  if (meant) return meant.flatMap((inner) => problemsOf(inner, [...path, ...inner.path], checked));
  const expected = issue.errors.flatMap((errors, index) =>
    errors.filter(isWrongTypeHere).map((error) => typeWord(error.expected, shapes[index])),
  );
  return [
    make('config.wrong_type', {
      expected: [...new Set(expected)],
      given: shown(path, checked),
    }),
  ];
}

function isWrongTypeHere(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function customProblem(issue: z.core.$ZodIssueCustom, given: string, make: Make): Problem {
  const code: unknown = issue.params?.code;
  if (!isErrorCode(code)) {
    const reason = issue.message === NO_REASON ? {} : { reason: issue.message };
    return make('config.invalid_value', { given, ...reason });
  }
  const parameters: ErrorParameters = issue.params?.parameters ?? {};
  return make(code, parameters);
}

/** What a check of a schema says that says nothing of its own. */
const NO_REASON = 'Invalid input';

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
