import { createInterface } from 'node:readline/promises';
import { needsWatch } from '../../core/config/config.ts';
import { ERRORS, type Problem, toCosmosError } from '../../core/errors.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import type { HostReadingStore } from '../../core/store/host-readings.ts';
import { openLogger } from '../logger.ts';
import { type HostTools, openHostTools } from '../main.ts';
import { TRUST } from '../wording/host-check-words.ts';
import { type CliOutput, printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { type HostReport, lookAtHost } from './host-check.ts';
import { fenceHost } from './host-fence.ts';
import { onInterrupt } from './interrupt.ts';
import { openConfiguredBot, readConfig } from './open-configured-bot.ts';
import { printCheckLines } from './print-check-lines.ts';

/** Asks whoever sits here; undefined where nobody does. */
export type Ask = (question: string, signal: AbortSignal) => Promise<string | undefined>;

/** `host check`, `host trust` and `host fence`. */
export async function host(invocation: Invocation, ask: Ask = askTerminal): Promise<ExitCode> {
  const { command, configPath, output } = invocation;
  const config = readConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  if (command.arguments['action'] === 'fence') return await fenceHost(invocation, config.value, ask);
  const tools = openHostTools(config.value, command.arguments['name'] ?? '');
  if (!tools.ok) {
    printProblems(output, tools.problems);
    return 2;
  }
  const interrupted = onInterrupt();
  try {
    if (command.arguments['action'] === 'trust') {
      const mayPin = command.options['yes'] === true;
      return await trust(tools.value, mayPin, output, ask, interrupted.signal);
    }
    const profiles = await tools.value.profiles();
    if (!profiles.ok) {
      printProblems(output, profiles.problems);
      return 2;
    }
    const bot = await openConfiguredBot(config.value, openLogger('silent'), { models: false });
    if (!bot.ok) {
      printProblems(output, bot.problems);
      return 2;
    }
    try {
      const { hosts, store, clock } = bot.value.parts;
      const report = await lookAtHost({
        ...{ tools: tools.value, profiles: profiles.value, instance: store.instance, clock },
        ...{ host: hosts.get(tools.value.entry.name), signal: interrupted.signal },
      });
      if (needsWatch(tools.value.entry)) keepReading(store.hostReadings, tools.value, report, clock.now());
      if (command.options['json'] === true) output.out.write(`${JSON.stringify(report, null, 2)}\n`);
      else printCheckLines(report.lines, output);
      return report.passed ? 0 : 1;
    } finally {
      await bot.value.close();
    }
  } finally {
    interrupted.dispose();
  }
}

/** Shows one key after the other, the jump host's first, and pins each that somebody says yes to. */
async function trust(
  { entry, ssh }: HostTools,
  mayPin: boolean,
  output: CliOutput,
  ask: Ask,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (ssh === undefined) {
    printNote(output, TRUST.notSsh(entry.name));
    return 2;
  }
  try {
    for (;;) {
      const shown = await ssh.untrusted(signal);
      if (shown === undefined) break;
      const { keyType, fingerprint, line, server, verdict } = shown;
      if (verdict === 'changed') {
        const parameters = { host: entry.name, keyType, fingerprint, line };
        printProblems(output, [{ code: 'ssh.host_key_changed', parameters }]);
        return 1;
      }
      output.out.write(`${TRUST.shown(server, keyType, fingerprint, line)}\n`);
      const answer = mayPin ? 'yes' : await ask(TRUST.question, signal);
      if (answer?.trim().toLowerCase() !== 'yes') {
        printNote(output, answer === undefined ? TRUST.needsYes : TRUST.declined);
        return 1;
      }
      await ssh.pin(line);
      output.out.write(`${TRUST.pinned(ssh.knownHosts)}\n`);
    }
  } catch (thrown) {
    const { code, parameters } = toCosmosError(thrown);
    printProblems(output, [{ code, parameters: { host: entry.name, ...parameters } }]);
    return 1;
  }
  output.out.write(`${TRUST.trusted(entry.name)}\n`);
  return 0;
}

/** What was found is what `status` shows until somebody looks again. */
function keepReading(
  readings: HostReadingStore,
  { entry: { name } }: HostTools,
  { facts, problems: [problem] }: HostReport,
  now: UtcMs,
): void {
  if (facts !== undefined) readings.setAnswer(name, facts, now);
  else if (problem !== undefined) readings.setFailure(name, asReading(problem), now);
}

/** The way to a host has codes of its own; to whoever waits for it, it does not answer. */
function asReading({ code, parameters }: Problem): Problem {
  if (ERRORS[code].layer !== 'ssh') return { code, parameters };
  return { code: 'engine.host_unreachable', parameters: { ...parameters, reason: code.replace('ssh.', '') } };
}

async function askTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (process.stdin.isTTY !== true) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal });
  } catch (thrown) {
    // Ctrl+C and Ctrl+D are an answer too.
    if (!(thrown instanceof Error && thrown.name === 'AbortError')) throw thrown;
    process.stderr.write('\n');
    return '';
  } finally {
    terminal.close();
  }
}
