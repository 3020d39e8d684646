import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Problem } from '../../core/errors.ts';
import type { Form, FormField, FormResult, FormValues } from '../../core/ports/chat-surfaces.ts';
import { changedRoles } from '../../core/prompts/changed-roles.ts';
import { type Prompt, type PromptInput, ROLES, type Role } from '../../core/prompts/prompt.ts';
import { formWords } from '../wording/form-words.ts';
import { fieldProblems } from './field-problems.ts';
import { encodeState, type FormState } from './form-state.ts';
import { choiceLabel, fieldLabel } from './label.ts';

const PREFIX = 'file:';

/** For each file of a prompt what it is used as; undefined where it has none. */
export function rolesForm(prompt: Prompt, state: FormState): Form | undefined {
  const encoded = encodeState(state);
  if (encoded === undefined || prompt.inputs.length === 0) return undefined;
  return { ...formWords(state.verb), state: encoded, fields: prompt.inputs.map(fileField) };
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
  const changes = prompt.inputs.flatMap(({ role }) => {
    const chosen = roleOf(values[`${PREFIX}${role}`]);
    return chosen === undefined || chosen === role ? [] : [[role, chosen] as const];
  });
  const checked = changedRoles(prompt, new Map(changes));
  if (checked.ok) {
    return { ok: true, words: [verb, prompt.id, ...changes.map(([from, to]) => `${from}=${to}`)] };
  }
  const fieldOf = (problem: Problem): string | undefined => {
    const changed = changes.find(([, to]) => to === problem.parameters['role'])?.[0];
    return changed && `${PREFIX}${changed}`;
  };
  return fieldProblems(checked.problems, fieldOf, first);
}

/** Files are told apart by the role that they have: names may be the same. */
function fileField({ role, originalName, asset }: PromptInput): FormField {
  const fitting = Object.entries(ROLES).filter(([, kind]) => kind === asset.facts.kind);
  return {
    name: `${PREFIX}${role}`,
    label: fieldLabel(originalName),
    kind: 'choice',
    choices: fitting.map(([name]) => ({ value: name, label: choiceLabel(name) })),
    initial: role,
    required: true,
    refreshes: false,
  };
}

function roleOf(word: string | undefined): Role | undefined {
  return (Object.keys(ROLES) as Role[]).find((role) => role === word);
}
