/** The operating system's own word for a failure of a call, such as `EACCES`: it names the cause and holds no path. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  return 'syscall' in thrown ? thrown.code : undefined;
}
