import { z } from 'zod';

export type KeyPath = readonly PropertyKey[];

/** Such as `hosts[0].lanes[1].gpus`: how every problem says where it is. */
export function formatPath(path: KeyPath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += `${text === '' ? '' : '.'}${quoteKey(String(key))}`;
  }
  return text;
}

/** The value at `path`, or undefined where the way is barred. */
export function valueAt(input: unknown, path: KeyPath): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/**
 * The schemas of `input` and of everything on the way to `path`, without their defaults and the like. Undefined stands
 * for a place where the schema knows nothing.
 */
export function schemasAlong(
  schema: z.core.$ZodType,
  input: unknown,
  path: KeyPath,
): readonly (z.core.$ZodType | undefined)[] {
  let here: z.core.$ZodType | undefined = unwrap(schema);
  const found: (z.core.$ZodType | undefined)[] = [here];
  for (const [depth, key] of path.entries()) {
    const child: z.core.$ZodType | undefined =
      here && childOf(choose(here, valueAt(input, path.slice(0, depth))), key);
    here = child && unwrap(child);
    found.push(here);
  }
  return found;
}

/** The schema of the value at `path`: of several shapes the one that the value was meant to have. */
export function schemaAt(
  schema: z.core.$ZodType,
  input: unknown,
  path: KeyPath,
): z.core.$ZodType | undefined {
  const here = schemasAlong(schema, input, path).at(-1);
  return here && choose(here, valueAt(input, path));
}

/** The keys that a table of this schema may have; none where it is no table or takes any key. */
export function keysOf(schema: z.core.$ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schemas of what a value holds: of a list its entries, of a table its keys, of several shapes those of each. */
export function schemasBelow(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodUnion) return bare.def.options.flatMap(schemasBelow);
  if (bare instanceof z.ZodObject) return Object.values(bare.shape).map(unwrap);
  if (bare instanceof z.ZodArray) return [unwrap(bare.def.element)];
  return bare instanceof z.ZodRecord ? [unwrap(bare.def.valueType)] : [];
}

/**
 * Every scalar that is reached by table keys alone, with its schema: what a variable can override. A table that may be
 * left out has none: a variable would bring it without the rest of it.
 */
export function scalarsOf(
  schema: z.core.$ZodType,
  path: readonly string[] = [],
): [string[], z.core.$ZodType][] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    if (schema instanceof z.ZodExactOptional) return [];
    return Object.entries(bare.shape).flatMap(([key, child]) => scalarsOf(child, [...path, key]));
  }
  return isScalar(bare) ? [[[...path], bare]] : [];
}

function isScalar(schema: z.core.$ZodType): boolean {
  return [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodEnum].some((kind) => schema instanceof kind);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let bare = schema;
  while (
    bare instanceof z.ZodDefault ||
    bare instanceof z.ZodPrefault ||
    bare instanceof z.ZodOptional ||
    bare instanceof z.ZodExactOptional ||
    bare instanceof z.ZodReadonly
  ) {
    bare = bare.def.innerType;
  }
  return bare;
}

/** Of several shapes the one that the value was meant to have, as far as its tag or its type tells. */
function choose(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const tag = schema.def.discriminator;
    const tagged = schema.def.options.find((option) => {
      const tagSchema = childOf(unwrap(option), tag);
      return tagSchema !== undefined && z.safeParse(tagSchema, valueAt(value, [tag])).success;
    });
    return tagged === undefined ? schema : unwrap(tagged);
  }
  if (!(schema instanceof z.ZodUnion)) return schema;
  const meant = schema.def.options[meantOption(schema, value)];
  return meant === undefined ? schema : unwrap(meant);
}

/** Place of the shape that the value was meant to have: by its type, of tables by their keys; -1 where none is like it. */
export function meantOption(union: z.ZodUnion, value: unknown): number {
  const options = union.def.options.map(unwrap);
  const known = options.findIndex((option) => hasKind(option, value) && hasKeyOf(option, value));
  return known >= 0 ? known : options.findIndex((option) => hasKind(option, value));
}

/** A table with a key of the schema; where the schema takes any key, with a table below it that has one. */
function hasKeyOf(schema: z.core.$ZodType, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!(schema instanceof z.ZodRecord)) return keysOf(schema).some((key) => Object.hasOwn(value, key));
  const entry = unwrap(schema.def.valueType);
  return Object.values(value).some((child) => hasKeyOf(entry, child));
}

function hasKind(schema: z.core.$ZodType, value: unknown): boolean {
  if (Array.isArray(value)) return schema instanceof z.ZodArray;
  if (typeof value === 'object') return schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
  return z.safeParse(schema, value).success;
}

function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject)
    return Object.hasOwn(schema.shape, key) ? schema.shape[String(key)] : undefined;
  if (schema instanceof z.ZodArray) return schema.def.element;
  if (schema instanceof z.ZodRecord) return schema.def.valueType;
  return undefined;
}

function quoteKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
