/**
 * Waits for the removal of an unfinished file. What the removal itself throws is dropped: it would hide the failure that
 * made it necessary, and what is left has a name that nobody takes for a result.
 */
export async function tidyUp(removal: Promise<void>): Promise<void> {
  await removal.catch(() => undefined);
}
