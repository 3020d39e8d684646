import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { CosmosError } from '../../core/errors.ts';
import { systemCode } from '../../core/system-code.ts';
import { StreamHead } from './stream-head.ts';
import type { CommandOptions, CommandResult, LaunchOptions } from './transport.ts';

/** The two variables that programs get from this machine; everything else of the bot's environment stays with it. */
export interface HostVariables {
  readonly PATH: string;
  readonly HOME: string;
}

/** More than any of our scripts prints. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Our commands take milliseconds; a machine that needs longer than this does not answer. */
const DEADLINE_MS = 60_000;

/** Runs a program to its end, within bounds. */
export async function runToEnd(
  argv: readonly [string, ...string[]],
  variables: HostVariables,
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const [program, ...parameters] = argv;
  // The C locale: messages are for us, and `grep` must not stumble over bytes that are no characters.
  const child = await begun(() =>
    spawn(program, parameters, { env: { ...variables, LC_ALL: 'C' }, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  const stdout = new StreamHead(options.maxOutputBytes ?? MAX_OUTPUT_BYTES);
  const stderr = new StreamHead(options.maxOutputBytes ?? MAX_OUTPUT_BYTES);
  child.stdout.on('data', (chunk: Uint8Array) => stdout.add(chunk));
  child.stderr.on('data', (chunk: Uint8Array) => stderr.add(chunk));
  child.stdin.on('error', () => {
    // A program that ends without reading its input closes the pipe on us; its exit code says what happened.
  });
  child.stdin.end(options.input ?? '');
  const exitCode = await within(
    child,
    options.deadlineMs ?? DEADLINE_MS,
    options.signal,
    'end',
    (resolve) => {
      child.once('close', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    },
  );
  return {
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
  };
}

/** Starts a program in a session of its own and reads its standard output until it closes it. */
export async function launchDetached(
  argv: readonly [string, ...string[]],
  variables: HostVariables,
  options: LaunchOptions,
): Promise<string> {
  options.signal?.throwIfAborted();
  const [program, ...parameters] = argv;
  const child = await begun(() =>
    spawn(program, parameters, {
      cwd: options.workingDirectory,
      env: { ...variables, ...options.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  child.unref();
  const output = new StreamHead(MAX_OUTPUT_BYTES);
  child.stdout.on('data', (chunk: Uint8Array) => output.add(chunk));
  try {
    await within(child, options.deadlineMs, options.signal, 'leave', (resolve) => {
      child.stdout.once('end', () => resolve(0));
    });
  } finally {
    child.stdout.destroy();
  }
  return output.text();
}

/** The child once it runs. Without a process, Node may leave out its streams too. */
async function begun<Child extends ChildProcess>(start: () => Child): Promise<Child> {
  let child: Child;
  try {
    child = start();
  } catch (thrown) {
    throw spawnError(thrown);
  }
  if (child.pid !== undefined) return child;
  const [error] = await once(child, 'error');
  throw spawnError(error);
}

/** What to do with a child that is no longer waited for. */
type Unwaited = 'end' | 'leave';

function within(
  child: ChildProcess,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  unwaited: Unwaited,
  whenDone: (resolve: (value: number) => void) => void,
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      if (unwaited === 'end') {
        child.kill('SIGKILL');
        // What the command has started may go on for a while, with the pipes in its hands.
        for (const stream of child.stdio) stream?.destroy();
      }
      settle();
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const timer = setTimeout(
      () => giveUp(new CosmosError('engine.host_unreachable', { reason: 'deadline' })),
      deadlineMs,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    child.on('error', (error) => giveUp(spawnError(error)));
    whenDone((value) => {
      settle();
      resolve(value);
    });
  });
}

/** A machine that is out of processes or memory gives no answer; one without the program cannot be used. */
function spawnError(error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (code === 'ENOENT' || code === 'EACCES') {
    return new CosmosError('engine.start_failed', { reason: code }, { cause: error });
  }
  return new CosmosError('engine.host_unreachable', { reason: code }, { cause: error });
}
