import { type Checked, valid } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import type { RunRequest } from '../../../core/requests/request.ts';
import { RUN_STATES } from '../../../core/runs/run.ts';
import { listCard } from '../../thread-view/list-card.ts';
import type { ParsedCommand } from '../arguments.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
  runData,
} from '../command-context.ts';

const USUAL_LIMIT = 20;

export const list: CommandHandler = (context, command) => {
  const { what } = command.arguments;
  if (what === 'runs') return listRuns(context, command);
  return surplusOptions(command) ?? (what === 'requests' ? listRequests : listPrompts)(context, command);
};

/** Options of a list of runs that say nothing about anything else. */
const OPTIONS_OF_RUNS = ['status', 'prompt', 'request'];

function surplusOptions(command: ParsedCommand): CommandResult | undefined {
  const surplus = OPTIONS_OF_RUNS.filter((name) => command.options[name] !== undefined);
  if (surplus.length === 0) return undefined;
  const given = surplus.map((name) => `--${name}`);
  const verb = `list ${command.arguments['what'] ?? 'prompts'}`;
  const usage = `list runs ${given.join(' … ')} …`;
  return refused([{ code: 'input.argument_unexpected', parameters: { verb, given, usage } }]);
}

function listRequests({ api, actor }: CommandContext, command: ParsedCommand): CommandResult {
  const owner = command.options['mine'] === true ? actor.id : undefined;
  const requests = api.requests.list(limitOf(command), owner);
  const rows = requests.map((request) => ({ request, runs: api.requests.runsOf(request) }));
  const total = api.requests.count(owner);
  const data = rows.map(({ request, runs }) => ({
    ...request,
    runs: runs.map(({ id, state }) => ({ id, state })),
  }));
  return answered(listCard({ what: 'requests', rows, total }), data);
}

function listPrompts({ api, views, actor }: CommandContext, command: ParsedCommand): CommandResult {
  const owner = command.options['mine'] === true ? actor.id : undefined;
  const prompts = api.listPrompts(limitOf(command), owner);
  const rows = prompts.map((prompt) => views.promptRow(prompt));
  return answered(listCard({ what: 'prompts', rows, total: api.countPrompts(owner) }), prompts);
}

function listRuns({ api, actor }: CommandContext, command: ParsedCommand): CommandResult {
  const given = command.options['prompt'];
  const prompt: Checked<Prompt | undefined> =
    typeof given === 'string' ? api.findPrompt(given) : valid(undefined);
  if (!prompt.ok) return refused(prompt.problems);
  const named = command.options['request'];
  const request: Checked<RunRequest | undefined> =
    typeof named === 'string' ? api.requests.find(named) : valid(undefined);
  if (!request.ok) return refused(request.problems);
  const state = RUN_STATES.find((known) => known === command.options['status']);
  const filter = {
    ...(state && { state }),
    ...(prompt.value && { promptId: prompt.value.id }),
    ...(request.value && { request: request.value.id }),
    ...(command.options['mine'] === true && { owner: actor.id }),
  };
  const rows = api.listRuns({ ...filter, limit: limitOf(command) });
  const total = api.countRuns(filter);
  return answered(listCard({ what: 'runs', rows, total, ...(state && { state }) }), rows.map(runData));
}

export function limitOf(command: ParsedCommand): number {
  const { limit } = command.options;
  return typeof limit === 'number' ? limit : USUAL_LIMIT;
}
