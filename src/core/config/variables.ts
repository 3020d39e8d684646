import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { ConfigOverride } from './config.ts';
import { ATTEMPT_VARIABLE, CONFIG_VARIABLE, type Environment, VARIABLE_PREFIX } from './environment.ts';
import { formatPath, scalarsOf } from './schema-walk.ts';

const OTHER_VARIABLES: readonly string[] = [CONFIG_VARIABLE, ATTEMPT_VARIABLE];

interface Settable {
  readonly variable: string;
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** Every scalar of the schema with the variable that overrides it: `limits.max_pixels` → `COSMOS_BOT_LIMITS_MAX_PIXELS`. */
export function settableScalars(schema: z.core.$ZodType): Settable[] {
  return scalarsOf(schema).map(([path, scalar]) => ({
    variable: `${VARIABLE_PREFIX}${path.join('_').toUpperCase()}`,
    path,
    schema: scalar,
  }));
}

export interface Overridden {
  /** A copy of the table with the values of the variables in it. */
  readonly table: Readonly<Record<string, unknown>>;
  readonly overrides: readonly ConfigOverride[];
  /** `config.unknown_variable`: `variable`, `nearest`? */
  readonly problems: readonly Problem[];
}

/**
 * Puts the `COSMOS_BOT_…` variables over the file. A variable that is no setting is a problem, unless the file names it
 * as the place of a secret.
 */
export function applyVariables(
  schema: z.core.$ZodType,
  file: Readonly<Record<string, unknown>>,
  environment: Environment,
): Overridden {
  const settable = new Map(settableScalars(schema).map((entry) => [entry.variable, entry]));
  const known = new Set([...settable.keys(), ...OTHER_VARIABLES, ...secretVariables(file)]);
  const overrides: ConfigOverride[] = [];
  const problems: Problem[] = [];
  let table = file;
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith(VARIABLE_PREFIX)) continue;
    const entry = settable.get(variable);
    if (entry) {
      table = withValue(table, entry.path, fromText(text, entry.schema));
      overrides.push({ variable, key: formatPath(entry.path) });
    } else if (!known.has(variable)) {
      const suggestion = nearestVariable(variable, known);
      problems.push({
        code: 'config.unknown_variable',
        parameters: { variable, ...(suggestion && { nearest: suggestion }) },
      });
    }
  }
  return { table, overrides, problems };
}

/** Without the prefix that all have in common: with it every two variables are near each other. */
function nearestVariable(variable: string, known: Iterable<string>): string | undefined {
  const names = [...known].filter((name) => name.startsWith(VARIABLE_PREFIX));
  const rest = nearest(
    variable.slice(VARIABLE_PREFIX.length),
    names.map((name) => name.slice(VARIABLE_PREFIX.length)),
  );
  return rest === undefined ? undefined : `${VARIABLE_PREFIX}${rest}`;
}

/** What does not read as the scalar's type stays text, and the schema refuses it. */
function fromText(text: string, schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodNumber && /^[+-]?[0-9]+(\.[0-9]+)?$/.test(text.trim())) return Number(text);
  if (schema instanceof z.ZodBoolean && /^(true|false)$/i.test(text.trim()))
    return text.trim().toLowerCase() === 'true';
  return text;
}

/** Changes nothing where the file has something else than a table on the way: the schema says so. */
function withValue(
  table: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (key === undefined) return table;
  if (rest.length === 0) return { ...table, [key]: value };
  const child = table[key] ?? {};
  return isTable(child) ? { ...table, [key]: withValue(child, rest, value) } : table;
}

/** Names in `{ env = "NAME" }`, wherever the file has one. */
function secretVariables(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretVariables);
  if (!isTable(value)) return [];
  const { env } = value;
  if (typeof env === 'string' && Object.keys(value).length === 1) return [env];
  return Object.values(value).flatMap(secretVariables);
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
