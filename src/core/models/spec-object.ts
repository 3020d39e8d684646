export type SpecValue = string | number | boolean | readonly SpecValue[] | SpecObject;
/** The object that becomes a spec file. */
export interface SpecObject {
  readonly [key: string]: SpecValue;
}

/** A copy with `value` at a dotted key; objects on the way are made. */
export function withKey(object: SpecObject, dottedKey: string, value: SpecValue): SpecObject {
  const [key = dottedKey, ...rest] = dottedKey.split('.');
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: withKey(isObject(inner) ? inner : {}, rest.join('.'), value) };
}

/** Dotted keys of all that is not an object with keys of its own. */
export function leafPaths(object: SpecObject, prefix = ''): readonly string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    isObject(value) && Object.keys(value).length > 0 ? leafPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

export function isObject(value: SpecValue | undefined): value is SpecObject {
  return typeof value === 'object' && !isList(value);
}

export function isList(value: SpecValue | undefined): value is readonly SpecValue[] {
  return Array.isArray(value);
}
