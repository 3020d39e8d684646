import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildPrograms } from './programs.ts';

/** Builds what the tests start as processes, before the first of them. */
export async function setup(): Promise<void> {
  const directory = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['build.ts'], { cwd: directory, stdio: 'inherit' });
  await buildPrograms();
}
