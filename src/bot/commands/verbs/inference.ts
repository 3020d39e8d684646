import type { CosmosApi } from '../../../core/cosmos-api.ts';
import type { Problem } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import type { RequestOrder, RequestPlan } from '../../../core/requests/request-plan.ts';
import { planCard } from '../../thread-view/plan-card.ts';
import { assignedValues, type ParsedCommand } from '../arguments.ts';
import {
  answered,
  type CommandContext,
  type CommandHandler,
  type CommandResult,
  refused,
} from '../command-context.ts';
import { tornParameter } from '../spaced-parameter.ts';
import { queueOrder, sentTo } from './follow-up.ts';
import { planData, queueRequest } from './queue-request.ts';
import { foundOrSuggested } from './suggestions.ts';

/** One run goes by itself, many go as one request: shown first where they are very many. */
export const inference: CommandHandler = async (context, command) => {
  const { api } = context;
  const found = foundPrompts(api, command);
  if (!found.ok) return found.refusal;
  const order = orderOf(found.value, command);
  const plan = api.requests.plan(order);
  if (!plan.ok) return refused(plan.problems);
  const [first, ...others] = plan.value.runs;
  const isMany = others.length > 0;
  if (!isMany) return await queueOrder(context, command, first.order);
  if (command.options['dry-run'] === true) return dryRunOfMany(context, plan.value);
  return await queueRequest(context, command, order, plan.value);
};

type Found =
  | { readonly ok: true; readonly value: RequestOrder['prompts'] }
  | { readonly ok: false; readonly refusal: CommandResult };

function foundPrompts(api: CosmosApi, command: ParsedCommand): Found {
  const prompts: Prompt[] = [];
  const words = [command.arguments['prompt'] ?? '', ...command.rest];
  for (const [index, given] of words.entries()) {
    const prompt = foundOrSuggested(api.findPrompt(given), 'inference', command);
    if (!prompt.ok) {
      const torn = tornParameter(command.assignments, words.slice(index)) ?? tornList(command);
      return torn === undefined ? prompt : { ok: false, refusal: refused([torn]) };
    }
    if (!prompts.some(({ id }) => id === prompt.value.id)) prompts.push(prompt.value);
  }
  const [first, ...others] = prompts;
  return first === undefined
    ? { ok: false, refusal: refused([{ code: 'input.argument_missing', parameters: {} }]) }
    : { ok: true, value: [first, ...others] };
}

/** `canny_threshold= low`: what follows the space is probably no prompt. */
function tornList({ assignments }: ParsedCommand): Problem | undefined {
  const torn = assignments.find(({ value }) => value === '' || value.endsWith(','));
  if (torn === undefined) return undefined;
  const parameters = { parameter: torn.name, given: torn.value, reason: 'gap' };
  return { code: 'input.list_invalid', parameters };
}

function orderOf(prompts: RequestOrder['prompts'], command: ParsedCommand): RequestOrder {
  const { model, draft } = command.options;
  return {
    prompts,
    parameters: assignedValues(command.assignments),
    ...(typeof model === 'string' && { model }),
    ...(draft === true && { draft }),
  };
}

function dryRunOfMany({ api, localFiles }: CommandContext, plan: RequestPlan): CommandResult {
  const jobs = plan.runs.flatMap(({ order }) => {
    const job = api.previewJob(order, { localFiles });
    return job.ok ? [sentTo(job.value)] : [];
  });
  return answered(planCard(plan, {}), { ...planData(plan), jobs });
}
