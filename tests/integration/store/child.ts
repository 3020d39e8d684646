import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('store-child.ts', import.meta.url));

export interface ChildOptions {
  /** Runs as this user. */
  readonly uid?: number;
  /** Put before the program, such as a shell that sets a limit. */
  readonly prefix?: readonly string[];
}

/** Another process at the store in `directory`; each line that it says is an object. */
export function startChild(words: readonly string[], { uid, prefix = [] }: ChildOptions = {}) {
  const [program = '', ...given] = [...prefix, process.execPath, CHILD, ...words];
  const child = spawn(program, given, {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    /** The next thing that it says; undefined at its end. */
    async next(): Promise<Readonly<Record<string, unknown>> | undefined> {
      const { value, done } = await lines.next();
      return done === true ? undefined : JSON.parse(value);
    },
    async ended(): Promise<void> {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** All that such a process says until it ends. */
export async function runChild(words: readonly string[], options?: ChildOptions) {
  const child = startChild(words, options);
  const said: Readonly<Record<string, unknown>>[] = [];
  for (let answer = await child.next(); answer !== undefined; answer = await child.next()) said.push(answer);
  await child.ended();
  return said;
}
