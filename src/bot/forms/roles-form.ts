import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Problem } from '../../core/errors.ts';
import type { Form, FormField, FormResult, FormValues } from '../../core/ports/chat-surfaces.ts';
import { changedRoles, fileReference } from '../../core/prompts/changed-roles.ts';
import {
  type OfferedFile,
  type Prompt,
  type PromptInput,
  ROLES,
  type Role,
} from '../../core/prompts/prompt.ts';
import { formWords, OFFER_HELP } from '../wording/form-words.ts';
import { fieldProblems } from './field-problems.ts';
import { encodeState, type FormState } from './form-state.ts';
import { choiceLabel, fieldLabel } from './label.ts';

const PREFIX = 'file:';
const OFFER_PREFIX = 'offer:';

/**
 * For each file of a prompt what it is used as, and for each that was sent beside them what it may be used as; undefined
 * where there is none.
 */
export function rolesForm(api: CosmosApi, prompt: Prompt, state: FormState): Form | undefined {
  const encoded = encodeState(state);
  if (encoded === undefined || prompt.inputs.length === 0) return undefined;
  const offers = api.offeredFiles(prompt).map(offerField);
  return { ...formWords(state.verb), state: encoded, fields: [...prompt.inputs.map(fileField), ...offers] };
}

/** The words that change what was chosen otherwise; a role that two files have is refused beside both. */
export function submitRoles(
  api: CosmosApi,
  { verb, target = '' }: FormState,
  values: FormValues,
): FormResult {
  const found = api.findPrompt(target);
  const [first = 'color'] = Object.keys(values);
  if (!found.ok) return fieldProblems(found.problems, () => undefined, first);
  const prompt = found.value;
  const offers = api.offeredFiles(prompt);
  const changed = prompt.inputs.flatMap(({ role }) => {
    const chosen = roleOf(values[`${PREFIX}${role}`]);
    return chosen === undefined || chosen === role ? [] : [[role as string, chosen] as const];
  });
  const taken = offers.flatMap(({ asset }) => {
    const chosen = roleOf(values[`${OFFER_PREFIX}${fileReference(asset)}`]);
    return chosen === undefined ? [] : [[fileReference(asset), chosen] as const];
  });
  const changes = [...changed, ...taken];
  const checked = changedRoles({ inputs: prompt.inputs, offers }, new Map(changes));
  if (checked.ok) {
    return { ok: true, words: [verb, prompt.id, ...changes.map(([from, to]) => `${from}=${to}`)] };
  }
  const fieldOf = (problem: Problem): string | undefined => {
    const [file] = changed.find(([, to]) => to === problem.parameters['role']) ?? [];
    if (file !== undefined) return `${PREFIX}${file}`;
    const [offer] = taken.find(([, to]) => to === problem.parameters['role']) ?? [];
    return offer && `${OFFER_PREFIX}${offer}`;
  };
  return fieldProblems(checked.problems, fieldOf, first);
}

/** Files are told apart by the role that they have: names may be the same. */
function fileField({ role, ...file }: PromptInput): FormField {
  return { ...choiceOfRole(file), name: `${PREFIX}${role}`, initial: role, required: true };
}

/** Left empty, the file stays unused. */
function offerField(file: OfferedFile): FormField {
  const name = `${OFFER_PREFIX}${fileReference(file.asset)}`;
  return { ...choiceOfRole(file), name, help: OFFER_HELP, required: false };
}

function choiceOfRole({ originalName, asset }: OfferedFile) {
  const fitting = Object.entries(ROLES).filter(([, kind]) => kind === asset.facts.kind);
  return {
    label: fieldLabel(originalName),
    kind: 'choice' as const,
    choices: fitting.map(([name]) => ({ value: name, label: choiceLabel(name) })),
    refreshes: false,
  };
}

function roleOf(word: string | undefined): Role | undefined {
  return (Object.keys(ROLES) as Role[]).find((role) => role === word);
}
