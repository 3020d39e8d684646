import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Checked, Problem } from '../../core/errors.ts';
import type { Form, FormChoice, FormField, FormResult, FormValues } from '../../core/ports/chat-surfaces.ts';
import type { CommandWords } from '../commands/arguments.ts';
import { type ArgumentDefinition, type CommandDefinition, optionsOn } from '../commands/definition.ts';
import { COMMANDS, type CommandVerb } from '../commands/registry.ts';
import { findPromptOrRun } from '../commands/verbs/prompt-or-run.ts';
import { findAny, findRunOrRequest } from '../commands/verbs/run-or-request.ts';
import { FIELD_WORDS, formWords } from '../wording/form-words.ts';
import { fieldProblems } from './field-problems.ts';
import { encodeState, type FormState } from './form-state.ts';
import { fieldHelp } from './label.ts';
import { optionField, optionFieldName, plainField } from './option-field.ts';
import { promptChoice, runChoice } from './search-choices.ts';
import { wordProblems } from './word-problems.ts';

/** The name of the field for all `name=value` words of a verb. */
const ASSIGNMENTS_FIELD = '=';

/** A question for each argument and option of a verb, as the registry has them. */
export function wordsForm(api: CosmosApi, state: FormState, values: FormValues): Form | undefined {
  const encoded = encodeState(state);
  const definition: CommandDefinition = COMMANDS[state.verb];
  if (encoded === undefined) return undefined;
  return {
    ...formWords(state.verb),
    state: encoded,
    fields: [
      ...askedArguments(definition).map((argument) => argumentField(api, argument, values)),
      ...assignmentFields(definition, values),
      ...optionsOn(definition, 'chat').map((option) => optionField(option, values)),
    ],
  };
}

/** What was typed, by name of field. */
export function valuesOf(verb: CommandVerb, words: CommandWords): FormValues {
  const definition: CommandDefinition = COMMANDS[verb];
  const typed = definition.arguments.flatMap((argument, index) => {
    const given =
      argument.variadic === true ? words.positional.slice(index).join(' ') : words.positional[index];
    return given === undefined || given === '' ? [] : [[argument.name, given] as const];
  });
  const options = Object.entries(words.options).map(([name, value]) => [`--${name}`, String(value)] as const);
  const lines = words.assignments.map(({ name, value }) => `${name}=${value}`);
  return {
    ...Object.fromEntries([...typed, ...options]),
    ...(lines.length > 0 && { [ASSIGNMENTS_FIELD]: lines.join('\n') }),
  };
}

/** The words that were filled in, checked as if they were typed. */
export function submitWords(api: CosmosApi, state: FormState, values: FormValues): FormResult {
  const definition: CommandDefinition = COMMANDS[state.verb];
  const words = [state.verb, ...optionWords(definition, values), ...argumentWords(definition, values)];
  const problems = [
    ...wordProblems(words).map((problem) => ({ problem, field: fieldOf(definition, problem) })),
    ...definition.arguments.flatMap((argument) => {
      const found = lookUp(api, argument, values[argument.name]);
      return found.ok ? [] : found.problems.map((problem) => ({ problem, field: argument.name }));
    }),
  ];
  if (problems.length === 0) return { ok: true, words };
  const fields = new Map(problems.map(({ problem, field }) => [problem, field]));
  const [first] = askedArguments(definition);
  return fieldProblems(
    [...fields.keys()],
    (problem) => fields.get(problem),
    first?.name ?? ASSIGNMENTS_FIELD,
  );
}

/** Paths are not typed in a chat, and of one choice there is nothing to ask. */
function askedArguments(definition: CommandDefinition): readonly ArgumentDefinition[] {
  return definition.arguments.filter(
    (argument) => argument.kind !== 'path' && !(argument.required && argument.choices?.length === 1),
  );
}

function argumentField(api: CosmosApi, argument: ArgumentDefinition, values: FormValues): FormField {
  const { name, required, kind } = argument;
  const given = values[name];
  switch (kind) {
    case 'prompt_id':
    case 'run_id':
    case 'request_id':
    case 'run_or_request':
    case 'any_id':
    case 'prompt_or_run': {
      const isOfRuns = kind === 'run_id' || kind === 'run_or_request' || kind === 'request_id';
      const words = isOfRuns ? FIELD_WORDS.run : FIELD_WORDS.prompt;
      const initial = given === undefined ? undefined : chosen(api, argument, given);
      const isEither = kind === 'prompt_or_run' || kind === 'any_id';
      const label = isEither ? `${FIELD_WORDS.prompt.label} or run` : words.label;
      return { name, kind: 'search', ...words, label, required, ...(initial && { initial }) };
    }
    case 'choice':
    case 'number':
      return plainField({ ...argument, kind, label: name }, given);
    case 'text':
    case 'path':
      return plainField({ ...argument, kind: 'text', label: name }, given);
  }
}

function chosen(api: CosmosApi, { kind }: ArgumentDefinition, given: string): FormChoice | undefined {
  if (kind === 'run_id') {
    const run = api.findRun(given);
    return run.ok ? runChoice(run.value) : undefined;
  }
  const found = findAny(api, given);
  if (!found.ok) return undefined;
  if (found.value.kind === 'request') {
    const { id } = found.value.request;
    return { value: id, label: id };
  }
  return found.value.kind === 'run' ? runChoice(found.value.run) : promptChoice(found.value.prompt);
}

function assignmentFields({ assignments }: CommandDefinition, values: FormValues): readonly FormField[] {
  if (assignments === undefined) return [];
  const given = values[ASSIGNMENTS_FIELD];
  return [
    {
      ...{ name: ASSIGNMENTS_FIELD, label: assignments.pattern, kind: 'text', multiline: true },
      help: fieldHelp(`${FIELD_WORDS.assignments}. ${assignments.help.replaceAll('`', '')}`),
      required: assignments.required,
      ...(given !== undefined && { initial: given }),
    },
  ];
}

function argumentWords(definition: CommandDefinition, values: FormValues): readonly string[] {
  const words: string[] = [];
  for (const argument of definition.arguments) {
    const [only, ...others] = argument.choices ?? [];
    const word =
      others.length === 0 && argument.required && only !== undefined ? only : values[argument.name];
    // Words are told apart by their order: after one that is missing none can stand.
    if (word === undefined) break;
    words.push(word);
  }
  const lines = (values[ASSIGNMENTS_FIELD] ?? '').split(/\r\n|\r|\n/).map((line) => line.trim());
  const assignments = lines.filter((line) => line !== '');
  const isLikeOption = words.some((word) => /^[-—–]/.test(word));
  return [...(isLikeOption ? ['--'] : []), ...words, ...assignments];
}

function optionWords(definition: CommandDefinition, values: FormValues): readonly string[] {
  return optionsOn(definition, 'chat').flatMap((option) => {
    const name = optionFieldName(option);
    const value = values[name];
    if (value === undefined) return [];
    if (option.type === 'flag') return value === 'true' ? [name] : [];
    return [name, value];
  });
}

function lookUp(api: CosmosApi, { kind }: ArgumentDefinition, given: string | undefined): Checked<unknown> {
  if (given === undefined) return { ok: true, value: undefined };
  if (kind === 'run_id') return api.findRun(given);
  if (kind === 'prompt_id') return api.findPrompt(given);
  if (kind === 'run_or_request') return findRunOrRequest(api, given);
  if (kind === 'any_id') return findAny(api, given);
  return kind === 'prompt_or_run' ? findPromptOrRun(api, given) : { ok: true, value: undefined };
}

/** Problems name an argument as usage lines do. */
function fieldOf(definition: CommandDefinition, { parameters }: Problem): string | undefined {
  const named = parameters['argument'];
  if (typeof named !== 'string') return undefined;
  if (named === definition.assignments?.pattern) return ASSIGNMENTS_FIELD;
  const word = named.split(' ')[0] ?? named;
  if (word.startsWith('--')) return word;
  return definition.arguments.find(({ name, choices }) => [name, choices?.join('|')].includes(named))?.name;
}
