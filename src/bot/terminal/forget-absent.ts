/** More than the messages that are edited again after they were written for good; a daemon's screen lives for months. */
const MAXIMUM_REMEMBERED = 1_000;

/** Keeps what a screen remembers by key within bounds: drops the oldest that are not among the present messages. */
export function forgetAbsent(
  remembered: Map<string, unknown>,
  present: readonly { readonly key: string }[],
): void {
  if (remembered.size <= MAXIMUM_REMEMBERED) return;
  const kept = new Set(present.map(({ key }) => key));
  for (const key of remembered.keys()) {
    if (remembered.size <= MAXIMUM_REMEMBERED) return;
    if (!kept.has(key)) remembered.delete(key);
  }
}
