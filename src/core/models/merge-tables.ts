export type Table = Readonly<Record<string, unknown>>;

/** `over` laid over `base`: tables merge key by key, everything else (lists too) is replaced. */
export function mergeTables(base: Table, over: Table): Table {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isTable(below) && isTable(value) ? mergeTables(below, value) : value);
  }
  return Object.fromEntries(merged);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
