import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { PrincipalId } from '../../core/ids.ts';
import type { ModelChoice } from '../../core/models/models.ts';
import type { FormChoice } from '../../core/ports/chat-surfaces.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Run, RunState } from '../../core/runs/run.ts';
import { stateWords } from '../wording/stages.ts';
import { choiceLabel } from './label.ts';

/** Most choices that are offered at a time. */
export const MAXIMUM_CHOICES = 25;
/** Prompts that are looked at where only those of one person are offered. */
const LOOKED_AT = 200;

/** `owner`: only what belongs to this person; null offers nothing, because the bot has never met them. */
export interface Offered {
  readonly typed: string;
  readonly owner?: PrincipalId | null;
}

/** Prompts by id, name and text, newest first. */
export function promptChoices(api: CosmosApi, { typed, owner }: Offered): FormChoice[] {
  if (owner === null) return [];
  const found = api.suggestPrompts(typed, owner === undefined ? MAXIMUM_CHOICES : LOOKED_AT);
  return found
    .filter((prompt) => owner === undefined || prompt.owner === owner)
    .slice(0, MAXIMUM_CHOICES)
    .map(promptChoice);
}

/** Runs in one of these states by id and name, newest first. */
export function runChoices(
  api: CosmosApi,
  { typed, owner }: Offered,
  states?: readonly RunState[],
): FormChoice[] {
  if (owner === null) return [];
  const search = typed.trim().toLowerCase().normalize('NFC');
  return api
    .listRuns({
      limit: MAXIMUM_CHOICES,
      ...(states && { states }),
      ...(owner !== undefined && { owner }),
      ...(search !== '' && { search }),
    })
    .map(runChoice);
}

/** Requests with many runs by id, newest first. */
export function requestChoices(api: CosmosApi, { typed, owner }: Offered): FormChoice[] {
  if (owner === null) return [];
  const search = typed.trim().toLowerCase();
  return api.requests
    .list(MAXIMUM_CHOICES, owner)
    .filter(({ id }) => id.includes(search))
    .map((request) => {
      const [first] = api.requests.runsOf(request);
      return {
        value: request.id,
        label: choiceLabel(`${request.id} · ${first?.promptName ?? ''} · ${request.ownerName}`),
      };
    });
}

/** Models whose name or title has what is typed, in their order. */
export function modelChoices(models: readonly ModelChoice[], typed: string): FormChoice[] {
  const search = typed.trim().toLowerCase();
  return models
    .filter(({ profile: { id, title } }) => `${id} ${title}`.toLowerCase().includes(search))
    .slice(0, MAXIMUM_CHOICES)
    .map(({ profile: { id, title } }) => ({ value: id, label: choiceLabel(`${id} · ${title}`) }));
}

export function promptChoice({ id, name, text }: Prompt): FormChoice {
  return { value: id, label: choiceLabel(`${name} · ${id} · ${text}`) };
}

export function runChoice({ id, state, promptName, profileId, ownerName }: Run): FormChoice {
  const label = `${promptName} · ${id} · ${stateWords(state)} · ${profileId} · ${ownerName}`;
  return { value: id, label: choiceLabel(label) };
}
