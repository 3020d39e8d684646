import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds what the tests start as processes, before the first of them. */
export function setup(): void {
  const directory = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['build.ts'], { cwd: directory, stdio: 'inherit' });
}
