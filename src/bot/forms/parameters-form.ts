import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Checked, Problem } from '../../core/errors.ts';
import { checkRun } from '../../core/models/check-run.ts';
import { usableParameters } from '../../core/models/controls.ts';
import type { ModelChoice } from '../../core/models/models.ts';
import type { ParameterValues, Profile } from '../../core/models/profile.ts';
import type { Form, FormField, FormResult, FormValues } from '../../core/ports/chat-surfaces.ts';
import type { Prompt, PromptInput } from '../../core/prompts/prompt.ts';
import { requestOf } from '../../core/requests/request-plan.ts';
import { seedWords } from '../../core/runs/new-seed.ts';
import type { Run } from '../../core/runs/run.ts';
import type { RunChange } from '../../core/runs/run-service.ts';
import { PRIORITY } from '../commands/registry-parts.ts';
import { findPromptOrRun } from '../commands/verbs/prompt-or-run.ts';
import { FIELD_WORDS, formWords } from '../wording/form-words.ts';
import { askedDraft, DRAFT_FIELD, draftBox, draftWord, isDraft, withoutDraft } from './draft-box.ts';
import { fieldProblems } from './field-problems.ts';
import { encodeState, type FormState } from './form-state.ts';
import { choiceLabel } from './label.ts';
import { valueCount } from './listed-values.ts';
import { optionField, optionFieldName } from './option-field.ts';
import { changedParameters, parameterField, parameterFields } from './parameter-fields.ts';
import { MAXIMUM_CHOICES, promptChoice } from './search-choices.ts';
import { wordProblems } from './word-problems.ts';

export const PROMPT_FIELD = 'prompt';
const MODEL_FIELD = 'model';

/** What the fields say, looked up. */
interface Subject {
  readonly prompt: Checked<Prompt>;
  /** The run that the next one comes from; absent where another prompt was chosen. */
  readonly run?: Run;
  /** Absent while no prompt is chosen. */
  readonly inputs?: readonly PromptInput[];
  readonly model?: ModelChoice;
  /** The parameters where nothing is filled in. */
  readonly now: ParameterValues;
}

/** Prompt, model and the parameters of that model; the fields that `values` fills in are kept where they fit. */
export function parametersForm(api: CosmosApi, state: FormState, given: FormValues): Form | undefined {
  const values = chosenValues(api, state, given);
  const { prompt, run, model, inputs, now } = subjectOf(api, state, values);
  const draft = draftBox(state, values, { model, run });
  const encoded = encodeState({ ...draft.state, ...(model && { model: model.profile.id }) });
  if (encoded === undefined) return undefined;
  const isSameModel = state.model === undefined || state.model === model?.profile.id;
  const usable = inputs && model && usableParameters(model.profile, inputs);
  const priority = mayPrioritise(state) ? [optionField(PRIORITY, values)] : [];
  return {
    ...formWords(state.verb),
    state: encoded,
    fields: [
      {
        ...{ name: PROMPT_FIELD, kind: 'search', ...FIELD_WORDS.prompt, required: true },
        ...(prompt.ok && { initial: promptChoice(prompt.value) }),
      },
      ...modelField(modelsFor(api, run), model),
      ...draft.fields,
      ...(model === undefined
        ? []
        : parameterFields({
            profile: model.profile,
            usable: usable ?? new Set(Object.keys(model.profile.parameters)),
            now,
            values,
            keepsAll: isSameModel,
          })),
      ...priority,
    ],
  };
}

/** The words of the run that was asked for, checked as if they were typed. */
export function submitParameters(api: CosmosApi, state: FormState, given: FormValues): FormResult {
  const values = chosenValues(api, state, given);
  const subject = subjectOf(api, state, values);
  const { prompt, run, model, now } = subject;
  if (!prompt.ok) return fieldProblems(prompt.problems, () => undefined, PROMPT_FIELD);
  const name = values[MODEL_FIELD] ?? model?.profile.id ?? '';
  const isSameModel = run?.profileId === name;
  const draft = askedDraft(state, values, isSameModel && isDraft(run));
  const changed = model === undefined ? {} : changedParameters(model.profile, now, values);
  const isChanged = !isSameModel || draft !== undefined || Object.keys(changed).length > 0;
  // Nothing is different: without any word a run would get another seed.
  const chosen = run === undefined || isChanged ? changed : seedWords(run.parameters);
  const priority = values[optionFieldName(PRIORITY)];
  const isModelSaid = run === undefined ? modelsFor(api, run).length > 1 : !isSameModel;
  const words = [
    ...(run === undefined ? ['inference', prompt.value.id] : ['rerun', run.id]),
    ...(isModelSaid ? ['--model', name] : []),
    ...Object.entries(chosen).map(([parameter, value]) => `${parameter}=${value}`),
    ...withoutDraft(state.words),
    ...(draft === undefined ? [] : [draftWord(draft)]),
    ...(priority === undefined || Number(priority) === 0 ? [] : [`--${PRIORITY.name}`, priority]),
  ];
  const asked = { model: name, parameters: chosen, ...(draft !== undefined && { draft }) };
  const problems = [...wordProblems(words), ...orderProblems(api, subject, asked)];
  const fieldOf = (problem: Problem): string | undefined => fieldOfProblem(problem, model?.profile, values);
  return problems.length === 0
    ? { ok: true, words }
    : fieldProblems(problems, fieldOf, model === undefined ? PROMPT_FIELD : MODEL_FIELD);
}

/**
 * What was filled in, without what only stood there because the model before has it so: that was nobody's choice, and
 * another model has its own.
 */
function chosenValues(api: CosmosApi, state: FormState, values: FormValues): FormValues {
  if (state.model === undefined || (values[MODEL_FIELD] ?? state.model) === state.model) return values;
  const { model, now } = subjectOf(api, state, { ...values, [MODEL_FIELD]: state.model });
  if (model === undefined || model.profile.id !== state.model) return values;
  const changed = changedParameters(model.profile, now, values);
  const untouched = new Set(
    Object.keys(model.profile.parameters).flatMap((name) =>
      Object.hasOwn(changed, name) ? [] : [parameterField(name)],
    ),
  );
  return Object.fromEntries(Object.entries(values).filter(([name]) => !untouched.has(name)));
}

function subjectOf(api: CosmosApi, { target }: FormState, values: FormValues): Subject {
  const opened = target === undefined ? undefined : findPromptOrRun(api, target);
  const about = opened?.ok === true ? opened.value : undefined;
  const opener = about?.kind === 'run' ? about.run.promptId : about?.prompt.id;
  const prompt = api.findPrompt(values[PROMPT_FIELD] ?? opener ?? '');
  const id = prompt.ok ? prompt.value.id : undefined;
  const run = about?.kind === 'run' && about.run.promptId === id ? about.run : undefined;
  const inputs = run?.inputs ?? (prompt.ok ? prompt.value.inputs : undefined);
  const model = modelOf(modelsFor(api, run), values[MODEL_FIELD] ?? run?.profileId, inputs);
  const isOfRun = run !== undefined && model?.profile.id === run.profileId;
  return {
    prompt,
    now: isOfRun ? run.parameters : model === undefined ? {} : defaults(model.profile),
    ...(inputs && { inputs }),
    ...(run && { run }),
    ...(model && { model }),
  };
}

/** Those that do what the run did, or that make videos of prompts. */
function modelsFor(api: CosmosApi, run: Run | undefined): readonly ModelChoice[] {
  return api.models((run && api.profileOf(run)?.task) ?? 'generate');
}

/** The one that is named, else the first that takes the files. */
function modelOf(
  models: readonly ModelChoice[],
  name: string | undefined,
  inputs: readonly PromptInput[] | undefined,
): ModelChoice | undefined {
  return (
    models.find(({ profile }) => profile.id === name) ??
    models.find(({ profile }) => inputs !== undefined && checkRun(profile, inputs, {}).ok) ??
    models[0]
  );
}

function modelField(models: readonly ModelChoice[], model: ModelChoice | undefined): FormField[] {
  if (model === undefined) return [];
  // The chosen one is among its choices, however many there are.
  const isChosen = ({ profile }: ModelChoice): boolean => profile.id === model.profile.id;
  const others = models.filter((each) => !isChosen(each)).slice(0, MAXIMUM_CHOICES - 1);
  const choices = models
    .filter((each) => isChosen(each) || others.includes(each))
    .map(({ profile }) => ({
      value: profile.id,
      label: choiceLabel(`${profile.id} · ${profile.title}`),
    }));
  const initial = model.profile.id;
  return [
    {
      ...{ name: MODEL_FIELD, kind: 'choice', ...FIELD_WORDS.model, required: true },
      ...{ choices, initial, refreshes: true },
    },
  ];
}

function defaults(profile: Profile): ParameterValues {
  return Object.fromEntries(
    Object.entries(profile.parameters).flatMap(([name, { default: usual }]) =>
      usual === undefined ? [] : [[name, usual]],
    ),
  );
}

/** What the core would refuse of any of the runs, whoever sends it. */
function orderProblems(api: CosmosApi, { prompt, run }: Subject, asked: RunChange): readonly Problem[] {
  if (!prompt.ok) return [];
  const again = run === undefined ? undefined : api.orders.rerun(run, asked);
  if (again?.ok === false) return again.problems;
  const plan = api.requests.plan(
    again === undefined ? { ...asked, prompts: [prompt.value] } : requestOf(again.value),
  );
  return plan.ok ? [] : plan.problems;
}

function fieldOfProblem(
  { code, parameters }: Problem,
  profile: Profile | undefined,
  values: FormValues,
): string | undefined {
  if (parameters['argument'] === `--${PRIORITY.name}`) return optionFieldName(PRIORITY);
  if (code === 'input.no_draft') return values[DRAFT_FIELD] === undefined ? MODEL_FIELD : DRAFT_FIELD;
  if (code === 'queue.too_many_runs') return profile && longestList(profile, values);
  if (code === 'input.file_missing' || code === 'input.role_wrong_kind') return PROMPT_FIELD;
  const named = ['parameter', 'because', 'parameters', 'needs'].flatMap((key) => parameters[key] ?? []);
  // `edge>0` and `use_distilled=true` are about the parameter that they begin with.
  const names = named.map((each) => String(each).replace(/[^\p{L}\p{N}_.-].*$/u, ''));
  const known = names.filter((name) => profile !== undefined && Object.hasOwn(profile.parameters, name));
  const shown = known.find((name) => values[parameterField(name)] !== undefined) ?? known[0];
  return shown === undefined ? undefined : parameterField(shown);
}

/** The field with the most values. */
function longestList(profile: Profile, values: FormValues): string | undefined {
  const [longest] = Object.entries(profile.parameters)
    .flatMap(([name, parameter]) => {
      const field = parameterField(name);
      const given = values[field];
      return given === undefined ? [] : [{ field, count: valueCount(name, parameter, given) }];
    })
    .toSorted((one, other) => other.count - one.count || 0);
  return longest?.field;
}

/** The options of a command that are fields here, and which. */
export function shownOptions(state: FormState): ReadonlyMap<string, string> {
  const model = ['model', MODEL_FIELD] as const;
  const priority = [PRIORITY.name, optionFieldName(PRIORITY)] as const;
  return new Map(mayPrioritise(state) ? [model, priority] : [model]);
}

function mayPrioritise({ role }: FormState): boolean {
  return role === PRIORITY.roleAbove.role;
}
