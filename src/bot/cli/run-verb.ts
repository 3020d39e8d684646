import type { RequestId, RunId } from '../../core/ids.ts';
import { requiredPermission } from '../commands/arguments.ts';
import type { CommandVerb } from '../commands/registry.ts';
import { COMMANDS } from '../commands/registry.ts';
import { HANDLERS } from '../commands/verbs/index.ts';
import { TERMINAL_PLACE } from '../terminal/terminal-chat.ts';
import { NO_BOT_RUNS } from '../wording/cli-words.ts';
import { printCard, printNote, printProblems } from './cli-output.ts';
import type { ExitCode, Invocation } from './command-line.ts';
import { isDaemonRunning } from './daemon-lock.ts';
import { followLog } from './follow-log.ts';
import { followRequest } from './follow-request.ts';
import { followRun } from './follow-run.ts';
import { localPrincipal, localUser } from './local-user.ts';
import { noteEmbedded, openConfiguredBot, openLogFile, readConfig } from './open-configured-bot.ts';
import { workPrinter } from './work-printer.ts';

/** They look at what is stored and choose no model. */
const WITHOUT_MODELS: ReadonlySet<CommandVerb> = new Set([
  'status',
  'list',
  'search',
  'queue',
  'logs',
  'cancel',
  'rate',
  'discard',
]);

const QUEUEING: ReadonlySet<CommandVerb> = new Set([
  'inference',
  'confirm',
  'retry',
  'rerun',
  'promote',
  'upscale',
  'enhance',
  'preview',
  'reproduce',
]);

/** Runs a verb of the registry over CosmosAPI, in this process. */
export async function runVerb(
  { command, configPath, output }: Invocation,
  verb: CommandVerb,
): Promise<ExitCode> {
  const config = readConfig(configPath);
  if (!config.ok) {
    printProblems(output, config.problems);
    return 2;
  }
  const json = command.options['json'] === true;
  if (!json) noteEmbedded(config.value, output);
  const needs = { models: !WITHOUT_MODELS.has(verb) };
  const opened = await openConfiguredBot(config.value, openLogFile(config.value), needs);
  if (!opened.ok) {
    printProblems(output, opened.problems);
    return 2;
  }
  const bot = opened.value;
  try {
    const { api, views, store, access, data } = bot.parts;
    const parsed = { ...command, verb };
    const needed = requiredPermission(COMMANDS[verb], parsed);
    const allowed = access.check(localUser(), TERMINAL_PLACE, needed.role, needed.what);
    if (!allowed.ok) {
      printProblems(output, allowed.problems);
      return 1;
    }
    if (verb === 'logs' && command.options['follow'] === true) return await followLog(bot, parsed, output);
    const result = await HANDLERS[verb](
      {
        api,
        views,
        actor: localPrincipal(store),
        role: allowed.value,
        localFiles: true,
        onProgress: workPrinter(output),
      },
      parsed,
    );
    const queued = QUEUEING.has(verb) ? queuedBy(result.data) : undefined;
    if (queued !== undefined && command.options['wait'] === true) {
      return queued.kind === 'run'
        ? await followRun(bot, queued.id, output, json)
        : await followRequest(bot, queued.id, output, json);
    }
    if (json) output.out.write(`${JSON.stringify(result.data, null, 2)}\n`);
    else if (result.card !== undefined)
      printCard(result.failed ? { ...output, out: output.error } : output, result.card);
    if (queued !== undefined && !json && !isDaemonRunning(data)) printNote(output, NO_BOT_RUNS);
    return result.failed ? 1 : 0;
  } finally {
    await bot.close();
  }
}

type Queued =
  | { readonly kind: 'run'; readonly id: RunId }
  | { readonly kind: 'request'; readonly id: RequestId };

/** What a verb has queued; a dry run or a refusal has nothing. */
function queuedBy(data: unknown): Queued | undefined {
  if (typeof data !== 'object' || data === null || !('id' in data)) return undefined;
  if ('queuedAt' in data) return { kind: 'run', id: data.id as RunId };
  return 'isBatch' in data ? { kind: 'request', id: data.id as RequestId } : undefined;
}
