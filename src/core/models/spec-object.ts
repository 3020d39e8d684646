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

/** A copy without what is at a dotted key; objects on the way stay, empty where nothing else was in them. */
export function withoutKey(object: SpecObject, dottedKey: string): SpecObject {
  const [key = dottedKey, ...rest] = dottedKey.split('.');
  const { [key]: inner, ...others } = object;
  if (rest.length === 0) return others;
  return isObject(inner) ? { ...object, [key]: withoutKey(inner, rest.join('.')) } : object;
}

/** What is at a dotted key; undefined where nothing is. */
export function valueAt(object: SpecObject, dottedKey: string): SpecValue | undefined {
  const [key = dottedKey, ...rest] = dottedKey.split('.');
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  if (rest.length === 0) return inner;
  return isObject(inner) ? valueAt(inner, rest.join('.')) : undefined;
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
