import { Refusal } from './refusal.ts';

const PREFIX = 'offset:';

/** One page of a list and the cursor of the next. Throws `invalid_cursor`. */
export function page<T>(
  items: readonly T[],
  limit: number,
  cursor: string | undefined,
): { items: readonly T[]; more: boolean; next: string } {
  const from = cursor === undefined ? 0 : offsetOf(cursor);
  const more = items.length > from + limit;
  return { items: items.slice(from, from + limit), more, next: more ? cursorOf(from + limit) : '' };
}

/** A cursor that says where to go on: by place, or by any key that survives new items. */
export function cursorOf(key: number | string): string {
  return Buffer.from(`${PREFIX}${key}`).toString('base64');
}

/** The key of a cursor. Throws `invalid_cursor`. */
export function keyOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64').toString();
  if (!text.startsWith(PREFIX)) throw new Refusal('invalid_cursor');
  return text.slice(PREFIX.length);
}

function offsetOf(cursor: string): number {
  const offset = Number(keyOf(cursor));
  if (!Number.isInteger(offset) || offset < 0) throw new Refusal('invalid_cursor');
  return offset;
}
