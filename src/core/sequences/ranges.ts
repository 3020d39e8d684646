/** `[[5, 5], [10, 12]]` as `5`, `10–12`. */
export function asRanges(pairs: readonly (readonly [number, number])[]): string[] {
  return pairs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
}
