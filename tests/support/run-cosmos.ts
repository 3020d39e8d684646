import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LAUNCHER } from './launcher.ts';

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface CosmosOptions {
  /** Where it runs; a config file there is used. */
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
}

/** Runs the `cosmos` command in a process of its own, to its end. */
export async function runCosmos(words: readonly string[], options: CosmosOptions): Promise<Outcome> {
  const child = startCosmos(words, options);
  child.stdin.end(options.input ?? '');
  const [out, error, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, out, error };
}

/** The same, left running: the caller ends it. */
export function startCosmos(words: readonly string[], { directory, environment }: CosmosOptions) {
  return spawn(process.execPath, [LAUNCHER, ...words], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Lets a bot follow `run`, which nobody follows, to its end: a test leaves no job behind. */
export async function bringToEnd(run: string, options: CosmosOptions): Promise<void> {
  const daemon = startCosmos(['start'], options);
  const closed = once(daemon, 'close');
  await once(daemon.stderr, 'data');
  await runCosmos(['logs', run, '--follow'], options);
  daemon.kill('SIGTERM');
  await closed;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
