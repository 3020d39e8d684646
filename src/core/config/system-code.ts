/** The operating system's own word for a failure, such as `EACCES`: it names the cause and holds no path. */
export function systemCode(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
