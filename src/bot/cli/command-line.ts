import { join } from 'node:path';
import type { Checked } from '../../core/errors.ts';
import { toCosmosError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import { PACKAGE_ROOT } from '../../core/package-root.ts';
import type { ParsedCommand } from '../commands/arguments.ts';
import { GLOBAL_OPTIONS } from '../commands/global-options.ts';
import { findVerb, helpTopic } from '../commands/help.ts';
import { parseWords } from '../commands/parse.ts';
import { withoutCall } from '../commands/parse-words.ts';
import { helpCard } from '../thread-view/help-card.ts';
import { CLI_COMMANDS, type CliVerb } from './cli-commands.ts';
import { type CliOutput, printCard, printProblems, processOutput } from './cli-output.ts';

/** 0: done. 1: it was tried and failed, or refused. 2: the words or the configuration are wrong. */
export type ExitCode = 0 | 1 | 2;

const GLOBAL_NAMES = GLOBAL_OPTIONS.map(({ usage }) => usage.split(' ')[0] ?? usage);
const CONFIG_USAGE = 'npx cosmos COMMAND --config FILE';

/** A command line after the global options were taken out. */
export interface Invocation {
  readonly command: ParsedCommand<CliVerb>;
  readonly configPath?: string;
  readonly output: CliOutput;
}

/** The `cosmos` command; resolves with its exit code. Never throws. */
export async function runCommandLine(
  words: readonly string[],
  output: CliOutput = processOutput(),
): Promise<ExitCode> {
  const { rest, configPath, wantsHelp, wantsVersion } = takeGlobalOptions(words);
  if (wantsVersion) {
    output.out.write(`${await version()}\n`);
    return 0;
  }
  // An empty name would mean the usual file: another configuration than the one that was meant.
  if (configPath === '') {
    printProblems(output, [
      { code: 'input.argument_missing', parameters: { argument: '--config FILE', usage: CONFIG_USAGE } },
    ]);
    return 2;
  }
  const verb = rest[0] === undefined ? undefined : findVerb(rest[0], CLI_COMMANDS);
  if (rest.length === 0 || (wantsHelp && (verb !== undefined || rest[0] === undefined))) {
    printCard(output, helpCard(CLI_COMMANDS, verb, 'command_line'));
    return 0;
  }
  // Before the verb there is nothing but what every verb takes.
  if (rest[0]?.startsWith('-') === true && rest[0] !== '--') {
    const near = nearest(rest[0], GLOBAL_NAMES);
    const parameters = { given: rest[0], ...(near !== undefined && { nearest: near }) };
    printProblems(output, [{ code: 'input.option_unknown', parameters }]);
    return 2;
  }
  const parsed: Checked<ParsedCommand<CliVerb>> = parseWords(rest, CLI_COMMANDS, 'command_line');
  if (!parsed.ok) {
    printProblems(output, parsed.problems);
    return 2;
  }
  try {
    return await run({ command: parsed.value, output, ...(configPath !== undefined && { configPath }) });
  } catch (error) {
    const failure = toCosmosError(error);
    printProblems(output, [failure.toProblem()]);
    // Whoever sits here runs the bot: there is no log to look into, and nobody else to ask.
    if (failure.code === 'internal.unexpected' && failure.cause instanceof Error) {
      output.error.write(`${failure.cause.stack ?? failure.cause.message}\n`);
    }
    return 1;
  }
}

/** Each verb loads only what it needs: `--help` must not wait for a database or a media library. */
async function run(invocation: Invocation): Promise<ExitCode> {
  const { command, output } = invocation;
  switch (command.verb) {
    case 'help': {
      const topic = helpTopic(command.arguments['command'], CLI_COMMANDS);
      if (topic.ok) printCard(output, helpCard(CLI_COMMANDS, topic.value, 'command_line'));
      else printProblems(output, topic.problems);
      return topic.ok ? 0 : 2;
    }
    case 'config':
      return await (await import('./config-check.ts')).checkConfig(invocation);
    case 'host':
      return await (await import('./host.ts')).host(invocation);
    case 'start':
      return await (await import('./start.ts')).start(invocation);
    case 'demo':
      return await (await import('./demo.ts')).demo(invocation);
    case 'add':
      return await (await import('./add.ts')).add(invocation);
    case 'prepare':
      return await (await import('./prepare.ts')).prepare(invocation);
    default:
      return await (await import('./run-verb.ts')).runVerb(invocation, command.verb);
  }
}

function takeGlobalOptions(words: readonly string[]) {
  const rest: string[] = [];
  let configPath: string | undefined;
  let wantsHelp = false;
  let wantsVersion = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') {
      rest.push(...words.slice(index));
      break;
    }
    if (word === '--config') configPath = words[++index] ?? '';
    else if (word.startsWith('--config=')) configPath = word.slice('--config='.length);
    else if (word === '--help' || word === '-h') wantsHelp = true;
    else if (word === '--version' || word === '-V') wantsVersion = true;
    // `--set edge=0.8` and `edge=0.8` are the same.
    else if (word !== '--set') rest.push(word);
  }
  const called = withoutCall(rest.map((text) => ({ text, quoted: false }))).map(({ text }) => text);
  return { rest: called, configPath, wantsHelp, wantsVersion };
}

async function version(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const manifest: { version: string } = JSON.parse(
    await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8'),
  );
  return manifest.version;
}
