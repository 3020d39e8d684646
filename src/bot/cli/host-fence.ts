import type { Config } from '../../core/config/config.ts';
import { type Checked, invalid, toCosmosError, valid } from '../../core/errors.ts';
import type { HostName } from '../../core/ids.ts';
import { removeUnfinishedOutputs } from '../../core/runner/unfinished-outputs.ts';
import type { Bot } from '../bot.ts';
import { TERMINAL_PLACE } from '../terminal/terminal-chat.ts';
import { FENCE, type HostAnswer } from '../wording/fence-words.ts';
import { printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { isDaemonRunning } from './daemon-lock.ts';
import type { Ask } from './host.ts';
import { onInterrupt } from './interrupt.ts';
import { localPrincipal, localUser } from './local-user.ts';
import { openConfiguredBot, openLogFile } from './open-configured-bot.ts';

/** How long a host gets to answer before it is said not to, ms. */
const ANSWER_MS = 30_000;

/** `host fence`: shows what giving a host up would end, and does it after a yes. */
export async function fenceHost(invocation: Invocation, config: Config, ask: Ask): Promise<ExitCode> {
  const { output } = invocation;
  const opened = await openConfiguredBot(config, openLogFile(config), { models: false });
  if (!opened.ok) {
    printProblems(output, opened.problems);
    return 2;
  }
  const bot = opened.value;
  const interrupted = onInterrupt();
  try {
    const named = findHost(bot, config, invocation.command.arguments['name'] ?? '');
    if (!named.ok) {
      printProblems(output, named.problems);
      return 2;
    }
    const allowed = bot.parts.access.check(localUser(), TERMINAL_PLACE, 'admin', 'host fence');
    if (!allowed.ok) {
      printProblems(output, allowed.problems);
      return 1;
    }
    return await fence(bot, named.value, invocation, ask, interrupted.signal);
  } finally {
    interrupted.dispose();
    await bot.close();
  }
}

async function fence(
  bot: Bot,
  host: HostName,
  { command: { options }, output }: Invocation,
  ask: Ask,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { api, store, clock, data, logger } = bot.parts;
  const json = options['json'] === true;
  if (!json) printNote(output, FENCE.asking(host));
  const answer = await askHost(bot, host, signal);
  const held = api.heldOn(host);
  if (answer.state === 'answers' && options['force'] !== true) {
    const runs = held.map(({ run }) => run);
    printProblems(output, [{ code: 'queue.host_answers', parameters: { host, runs } }]);
    return 1;
  }
  if (!json) output.out.write(`${FENCE.preview(host, answer, held, clock.now())}\n`);
  const mayFence =
    options['yes'] === true ? 'yes' : json ? undefined : await ask(FENCE.question(host), signal);
  const isFenced = mayFence?.trim().toLowerCase() === 'yes';
  const ended = isFenced ? api.fenceHost(localPrincipal(store), host) : held;
  if (isFenced) logger.warn({ host, attempts: ended.map(({ attempt }) => attempt) }, 'host was given up');
  const isDriven = isDaemonRunning(data);
  // Whoever drives the lanes does so when it has left the downloads off.
  if (isFenced && !isDriven) for (const { run } of ended) await removeUnfinishedOutputs(bot.parts, run);
  if (json) {
    const report = { host, answers: answer.state === 'answers', fenced: isFenced, attempts: ended };
    output.out.write(`${JSON.stringify(report, null, 2)}\n`);
  } else if (isFenced) {
    output.out.write(`${FENCE.done(host, ended)}\n`);
    if (!isDriven) printNote(output, FENCE.nobodyLooks);
  }
  if (!isFenced) printNote(output, mayFence === undefined ? FENCE.needsYes : FENCE.declined);
  return isFenced ? 0 : 1;
}

/** A configured host, or one that is not configured any more and still holds something. */
function findHost({ parts: { api } }: Bot, config: Config, name: string): Checked<HostName> {
  const known = [...new Set([...config.hosts.map((host) => host.name), ...api.holdingHosts()])];
  const found = known.find((host) => host === name);
  if (found !== undefined) return valid(found);
  return invalid('input.argument_invalid', { verb: 'host', argument: 'name', given: name, choices: known });
}

/** Whether what runs on the host can be looked at, and so be cancelled. */
async function askHost({ parts }: Bot, name: HostName, signal: AbortSignal): Promise<HostAnswer> {
  const host = parts.hosts.get(name);
  if (host === undefined) return { state: 'unknown' };
  const deadline = AbortSignal.timeout(ANSWER_MS);
  try {
    await host.leftovers(parts.store.instance, AbortSignal.any([signal, deadline]));
    return { state: 'answers' };
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) return { state: 'silent', problem: toCosmosError(error).toProblem() };
    return {
      state: 'silent',
      problem: { code: 'engine.host_unreachable', parameters: { reason: 'deadline' } },
    };
  }
}
