import type { CosmosApi } from '../../../core/cosmos-api.ts';
import { type Checked, valid } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompts/prompt.ts';
import type { Run } from '../../../core/runs/run.ts';

export type PromptOrRun =
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | { readonly kind: 'run'; readonly run: Run };

/** What an id of either kind names: what begins as the id of a run does is one. */
export function findPromptOrRun(api: CosmosApi, given: string): Checked<PromptOrRun> {
  if (given.trim().toLowerCase().startsWith('rs_')) {
    const run = api.findRun(given);
    return run.ok ? valid({ kind: 'run', run: run.value }) : run;
  }
  const prompt = api.findPrompt(given);
  return prompt.ok ? valid({ kind: 'prompt', prompt: prompt.value }) : prompt;
}
