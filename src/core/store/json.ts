/** Reads a JSON column that this program wrote; what comes from outside is checked before it is stored. */
export function fromJson<T>(text: string): T {
  const value: T = JSON.parse(text);
  return value;
}

/** The same for a column that may be NULL. */
export function fromJsonOrUndefined<T>(text: string | null): T | undefined {
  return text === null ? undefined : fromJson<T>(text);
}

/** JSON for a nullable column. */
export function toJsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
