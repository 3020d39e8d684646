import { CosmosError } from '../../../core/errors.ts';
import { quote } from '../../bash-script.ts';
import { StreamHead } from '../stream-head.ts';
import type { CommandOptions, CommandResult, LaunchOptions } from '../transport.ts';
import type { CommandChannel } from './command-channel.ts';
import { SHELL } from './spare-shell.ts';
import type { SshConnection } from './ssh-connection.ts';
import { unreachable } from './ssh-failure.ts';

/** More than any of our scripts prints. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Our commands take milliseconds; a machine that needs longer than this does not answer. */
const DEADLINE_MS = 60_000;
/** Said on standard error, with exit code 127, where the program is not there; no program says it by chance. */
const NO_PROGRAM = 'cosmos-bot: no such program';
/** The same for a directory that cannot be entered. */
const NO_DIRECTORY = 'cosmos-bot: no such directory';

/** Runs a program to its end. */
export async function runProgram(
  connection: SshConnection,
  argv: readonly [string, ...string[]],
  options: CommandOptions,
): Promise<CommandResult> {
  const program = `${requireProgram(argv[0])}\nexec ${argv.map(quote).join(' ')}`;
  const result = await runShellScript(connection, program, [], options);
  refuseMissing(result);
  return result;
}

/**
 * Runs a shell script to its end. It goes over standard input, so that neither the login shell nor a list of processes
 * sees it, and as one block, so that a shell that got a part of it before the connection broke does nothing. A script
 * that has an input of its own goes in the command line.
 */
export async function runShellScript(
  connection: SshConnection,
  script: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const body = `LC_ALL=C; export LC_ALL\n${script}`;
  if (options.input !== undefined) {
    const input = Buffer.from(options.input);
    const words = ['/bin/sh', '-c', body, 'sh', ...parameters].map(quote);
    // Takes the end of the input from its length: the channel has to stay open for signals.
    return execute(connection, `head -c ${input.length} | ${words.join(' ')}`, input, options);
  }
  const set = ['set', '--', ...parameters.map(quote)].join(' ');
  return execute(connection, SHELL, `{\n${set}\n${body}\nexit\n} </dev/null\n`, options);
}

/** Starts a program in a session of its own and reads its standard output until it closes it. */
export async function launchProgram(
  connection: SshConnection,
  argv: readonly [string, ...string[]],
  options: LaunchOptions,
): Promise<string> {
  const variables = Object.entries(options.environment).map(([name, value]) => quote(`${name}=${value}`));
  const script = [
    `cd ${quote(options.workingDirectory)} 2>/dev/null || { echo ${quote(NO_DIRECTORY)} >&2; exit 127; }`,
    requireProgram(argv[0]),
    `setsid env -i PATH="$PATH" HOME="$HOME" ${variables.join(' ')} ${argv.map(quote).join(' ')} </dev/null 2>/dev/null &`,
  ].join('\n');
  const result = await runShellScript(connection, script, [], {
    deadlineMs: options.deadlineMs,
    signal: options.signal,
  });
  refuseMissing(result);
  return result.stdout;
}

function requireProgram(program: string): string {
  return `command -v ${quote(program)} >/dev/null 2>&1 || { echo ${quote(NO_PROGRAM)} >&2; exit 127; }`;
}

function refuseMissing({ exitCode, stderr }: CommandResult): void {
  if (exitCode !== 127) return;
  if (stderr.trim() !== NO_PROGRAM && stderr.trim() !== NO_DIRECTORY) return;
  throw new CosmosError('engine.start_failed', { reason: 'ENOENT' });
}

function execute(
  connection: SshConnection,
  line: string,
  input: string | Buffer,
  options: CommandOptions,
): Promise<CommandResult> {
  const bounds = { deadlineMs: options.deadlineMs ?? DEADLINE_MS, signal: options.signal };
  return connection.command(line, bounds, (channel) => ({
    done: collectResult(channel, input, options.maxOutputBytes),
    giveUp: () => channel.kill(),
  }));
}

/** Writes `input` and resolves when the command has ended; whoever has more input writes it to the channel. */
export function collectResult(
  channel: CommandChannel,
  input: string | Buffer,
  maxOutputBytes = MAX_OUTPUT_BYTES,
): Promise<CommandResult> {
  const { stream } = channel;
  const stdout = new StreamHead(maxOutputBytes);
  const stderr = new StreamHead(maxOutputBytes);
  stream.on('data', (chunk: Uint8Array) => stdout.add(chunk));
  stream.stderr.on('data', (chunk: Uint8Array) => stderr.add(chunk));
  const ended = new Promise<CommandResult>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => stream.end());
    stream.on('close', () => {
      const { exitCode } = channel;
      if (exitCode === undefined) {
        // The channel closed without a word of how the command ended: nobody knows whether it did.
        reject(unreachable(new CosmosError('ssh.closed')));
        return;
      }
      const truncated = stdout.truncated || stderr.truncated;
      resolve({ exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated });
    });
  });
  // Not ended: the library sends no signal over a channel whose input has ended.
  stream.write(input);
  return ended;
}
