import { z } from 'zod';
import type { ErrorParameters } from '../errors.ts';
import { withoutSecrets } from './without-secrets.ts';

const LONGEST_PREVIEW = 60;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'whole_number',
  array: 'list',
  object: 'table',
  record: 'table',
};

/**
 * A type in the words of the file format: `text`, `number`, `whole_number`, `boolean`, `list`, `table`. The schema of
 * the value knows more than `expected` does: a whole number is refused as no number where it is none at all.
 */
export function typeWord(expected: string, schema: z.core.$ZodType | undefined): string {
  if (schema instanceof z.ZodNumber && schema.format === 'safeint') return 'whole_number';
  return TYPE_WORDS[expected] ?? expected;
}

/**
 * What was given, short: a scalar as it was written (texts in quotes), otherwise `list` (an empty one as it is), `table` or
 * `date`. What looks like a token is hidden: it may stand in the wrong place.
 */
export function preview(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'list';
  if (value instanceof Date) return 'date';
  if (typeof value === 'object') return 'table';
  if (typeof value !== 'string') return String(value);
  const safe = withoutSecrets(value);
  const characters = [...safe];
  const shown =
    characters.length > LONGEST_PREVIEW ? `${characters.slice(0, LONGEST_PREVIEW).join('')}…` : safe;
  return JSON.stringify(shown);
}

/** The limits that a value has left, as far as the schema has any: of a number both ends. */
export function rangeOf(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  schema: z.core.$ZodType | undefined,
): ErrorParameters {
  const bound = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const limit = issue.code === 'too_small' ? { minimum: bound } : { maximum: bound };
  const measure = MEASURES[issue.origin] ?? 'value';
  if (issue.inclusive === false) return { measure, [issue.code === 'too_small' ? 'above' : 'below']: bound };
  if (!(schema instanceof z.ZodNumber)) return { measure, ...limit };
  const { minValue, maxValue } = schema;
  return {
    measure,
    ...(isLimit(minValue) && { minimum: minValue }),
    ...(isLimit(maxValue) && { maximum: maxValue }),
    ...limit,
  };
}

const MEASURES: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' };

/** Whole numbers end at 2^53 by themselves: nothing that somebody decided. */
function isLimit(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}
