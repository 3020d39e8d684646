/** A LIKE pattern (with `ESCAPE '\'`) that finds `text` anywhere, its own `%` and `_` taken literally. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Bounds of an indexed range that holds exactly the ids or names that begin with `prefix`: no character stands behind the last one. */
export function prefixRange(prefix: string): [from: string, below: string] {
  return [prefix, `${prefix}\u{10FFFF}`];
}
