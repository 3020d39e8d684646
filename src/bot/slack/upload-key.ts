/** Under which the file of an upload is remembered. */
export function uploadKey(key: string): string {
  return `upload:${key}`;
}
