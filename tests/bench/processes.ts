import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Environment without anything of the caller's that the bot would read. */
export const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME };

/** Runs a program to its end without its output; returns the wall time, ms. Throws where it ends with another code. */
export async function wallTime(
  program: string,
  words: readonly string[],
  options: { readonly directory?: string; readonly exitCode?: number } = {},
): Promise<number> {
  const begun = performance.now();
  const child = spawn(program, words, {
    cwd: options.directory,
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const [code] = await once(child, 'exit');
  const took = performance.now() - begun;
  if (code !== (options.exitCode ?? 0))
    throw new Error(`${[program, ...words].join(' ')} ended with ${code}`);
  return took;
}
