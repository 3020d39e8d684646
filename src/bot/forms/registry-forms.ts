import type { AccessPolicy } from '../../core/access/access-policy.ts';
import { ACCESS_ROLES, type AccessRole } from '../../core/config/config.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { PrincipalId } from '../../core/ids.ts';
import type { ModelTask } from '../../core/models/tasks.ts';
import type { ChatUser, Inbound } from '../../core/ports/chat.ts';
import type {
  ChatForms,
  Form,
  FormChoice,
  FormResult,
  FormValues,
  TypedOption,
} from '../../core/ports/chat-surfaces.ts';
import type { Store } from '../../core/store/store.ts';
import { assignedValues, bindWords, type CommandWords } from '../commands/arguments.ts';
import type { ArgumentDefinition, CommandDefinition } from '../commands/definition.ts';
import { readEvent } from '../commands/read-event.ts';
import { COMMANDS, type CommandVerb } from '../commands/registry.ts';
import { idsOfThread, withAbsentId } from '../commands/thread-ids.ts';
import { findPromptOrRun } from '../commands/verbs/prompt-or-run.ts';
import { FORM_TOO_OLD, formWords } from '../wording/form-words.ts';
import { decodeState, type FormState } from './form-state.ts';
import { parameterField } from './parameter-fields.ts';
import { PROMPT_FIELD, parametersForm, shownOptions, submitParameters } from './parameters-form.ts';
import { rolesForm, submitRoles } from './roles-form.ts';
import {
  MAXIMUM_CHOICES,
  modelChoices,
  type Offered,
  promptChoices,
  requestChoices,
  runChoices,
} from './search-choices.ts';
import { submitWords, valuesOf, wordsForm } from './words-form.ts';

type Command = Extract<Inbound, { kind: 'command' | 'form' | 'click' }>;

export interface ChatFormsParts {
  readonly api: CosmosApi;
  readonly access: AccessPolicy;
  readonly store: Pick<Store, 'principals' | 'threads' | 'runs' | 'prompts' | 'requests'>;
}

/** A command that was read, before it is known whether a form stands for it. */
interface Asked {
  readonly verb: CommandVerb;
  readonly definition: CommandDefinition;
  /** As they were typed. */
  readonly typed: CommandWords;
  /** With the id that the thread means. */
  readonly words: CommandWords;
  readonly state: FormState;
}

/** The forms of the registry: which one stands for a command is data there, and so are its fields. */
export class RegistryForms implements ChatForms {
  readonly #parts: ChatFormsParts;

  constructor(parts: ChatFormsParts) {
    this.#parts = parts;
  }

  open(event: Command): Form | undefined {
    const asked = this.#read(event);
    if (asked === undefined) return undefined;
    const { definition, typed, words } = asked;
    switch (definition.form) {
      case 'parameters':
        return typed.positional.length === 0 ? this.#parameters(asked) : undefined;
      case 'tune':
        return this.#parameters(asked);
      case 'roles':
        return words.positional.length > 0 ? this.#roles(asked) : this.#words(asked);
      default:
        return this.#words(asked);
    }
  }

  refresh(text: string, values: FormValues): Form {
    const state = decodeState(text);
    const form = state && this.#formOf(state, values);
    return form ?? { ...formWords(state?.verb ?? 'help'), state: text, fields: [] };
  }

  choices(text: string, field: string, typed: string, user: ChatUser): readonly FormChoice[] {
    const state = decodeState(text);
    if (state === undefined) return [];
    const { api } = this.#parts;
    const definition: CommandDefinition = COMMANDS[state.verb];
    if (isParametersForm(definition)) return field === PROMPT_FIELD ? promptChoices(api, { typed }) : [];
    const argument = definition.arguments.find(({ name }) => name === field);
    return argument === undefined ? [] : this.#fitting(argument, { state, typed, user });
  }

  submit(text: string, values: FormValues): FormResult {
    const state = decodeState(text);
    const { api } = this.#parts;
    if (state === undefined) return { ok: false, problems: { [Object.keys(values)[0] ?? '']: FORM_TOO_OLD } };
    const definition: CommandDefinition = COMMANDS[state.verb];
    if (isParametersForm(definition)) return submitParameters(api, state, values);
    if (definition.form === 'roles' && state.target !== undefined) return submitRoles(api, state, values);
    return submitWords(api, state, values);
  }

  suggest({ verb, option, typed, user, where }: TypedOption): readonly FormChoice[] {
    if (!isVerb(verb)) return [];
    const { api, access } = this.#parts;
    const definition: CommandDefinition = COMMANDS[verb];
    const { platform, tenant } = where;
    const role = access.roleOf(user, where);
    if (!mayUse(role, definition.role)) return [];
    const argument = definition.arguments.find(({ name }) => name === option);
    switch (argument?.holds ?? definition.options.find(({ name }) => name === option)?.holds) {
      case 'model':
        return modelChoices(api.models(taskOf(definition)), typed);
      case 'prompt_id':
        return promptChoices(api, { typed });
      case undefined: {
        const state = { verb, role, platform, tenant, words: [] };
        return argument === undefined ? [] : this.#fitting(argument, { state, typed, user });
      }
    }
  }

  /** Undefined for what is not understood, and for whoever may not do it: the answer to the command says so. */
  #read(event: Command): Asked | undefined {
    const read = readEvent(event);
    if (!read.ok) return undefined;
    const { verb, words: typed } = read.value;
    const definition: CommandDefinition = COMMANDS[verb];
    const { platform, tenant } = event.where;
    const role = this.#parts.access.roleOf(event.user, event.where);
    if (!mayUse(role, definition.role)) return undefined;
    const words = withAbsentId(definition, typed, idsOfThread(this.#parts.store, event.where));
    return { verb, definition, typed, words, state: { verb, role, platform, tenant, words: [] } };
  }

  /** Prompt, model and parameters, with what the command or the thread said already. */
  #parameters({ verb, definition, words, state }: Asked): Form | undefined {
    const { api } = this.#parts;
    const bound = bindWords(verb, definition, words);
    if (!bound.ok && bound.problems.some(({ code }) => code !== 'input.argument_missing')) return undefined;
    const [target] = words.positional;
    const found = target === undefined ? undefined : findPromptOrRun(api, target);
    if (found?.ok === false) return undefined;
    const shown = shownOptions(state);
    const others = Object.entries(words.options).filter(([name]) => !shown.has(name));
    const values = {
      ...Object.fromEntries(
        [...shown].flatMap(([name, field]) => {
          const value = words.options[name];
          return value === undefined ? [] : [[field, String(value)] as const];
        }),
      ),
      ...Object.fromEntries(
        // What stands several times is a list: one in each line.
        Object.entries(assignedValues(words.assignments)).map(([name, value]) => [
          parameterField(name),
          typeof value === 'string' ? value : value.join('\n'),
        ]),
      ),
    };
    const id = found?.value.kind === 'run' ? found.value.run.id : found?.value.prompt.id;
    const about = { ...state, words: others.map(optionWord), ...(id !== undefined && { target: id }) };
    return parametersForm(api, about, values);
  }

  #roles({ words, state }: Asked): Form | undefined {
    if (words.assignments.length > 0) return undefined;
    const { api } = this.#parts;
    const prompt = api.findPrompt(words.positional[0] ?? '');
    return prompt.ok ? rolesForm(api, prompt.value, { ...state, target: prompt.value.id }) : undefined;
  }

  /** Only where something is missing, and nothing else is wrong. */
  #words({ verb, definition, words, state }: Asked): Form | undefined {
    const bound = bindWords(verb, definition, words);
    const isAsked = definition.form === 'roles' && words.positional.length === 0;
    if (bound.ok && !isAsked) return undefined;
    if (!bound.ok && bound.problems.some(({ code }) => code !== 'input.argument_missing')) return undefined;
    return wordsForm(this.#parts.api, state, valuesOf(verb, words));
  }

  #formOf(state: FormState, values: FormValues): Form | undefined {
    const { api } = this.#parts;
    const definition: CommandDefinition = COMMANDS[state.verb];
    if (isParametersForm(definition)) return parametersForm(api, state, values);
    const prompt = state.target === undefined ? undefined : api.findPrompt(state.target);
    return prompt?.ok === true ? rolesForm(api, prompt.value, state) : wordsForm(api, state, values);
  }

  #fitting(
    { kind, states, othersTake }: ArgumentDefinition,
    { state, typed, user }: { state: FormState; typed: string; user: ChatUser },
  ): readonly FormChoice[] {
    const { api } = this.#parts;
    const isOwnOnly = othersTake !== undefined && !mayUse(state.role, othersTake);
    const offered: Offered = { typed, ...(isOwnOnly && { owner: this.#principal(state, user) }) };
    switch (kind) {
      case 'prompt_id':
        return promptChoices(api, offered);
      case 'run_id':
        return runChoices(api, offered, states);
      case 'request_id':
        return requestChoices(api, offered);
      case 'run_or_request':
        return [...requestChoices(api, offered), ...runChoices(api, offered, states)].slice(
          0,
          MAXIMUM_CHOICES,
        );
      case 'any_id':
      case 'prompt_or_run':
        return [...runChoices(api, offered, states), ...promptChoices(api, offered)].slice(
          0,
          MAXIMUM_CHOICES,
        );
      default:
        return [];
    }
  }

  #principal({ platform, tenant }: FormState, user: ChatUser): PrincipalId | null {
    return this.#parts.store.principals.find({ platform, tenant, user: user.id })?.id ?? null;
  }
}

function isVerb(verb: string): verb is CommandVerb {
  return Object.hasOwn(COMMANDS, verb);
}

function isParametersForm({ form }: CommandDefinition): boolean {
  return form === 'parameters' || form === 'tune';
}

/** What the models do that it offers; undefined where it is about all of them. */
function taskOf({ assignments, task = 'generate' }: CommandDefinition): ModelTask | undefined {
  return assignments?.holds === 'parameters' ? task : undefined;
}

function mayUse(role: AccessRole, needed: AccessRole): boolean {
  return ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed);
}

function optionWord([name, value]: readonly [string, string | boolean]): string {
  return value === true ? `--${name}` : `--${name}=${value}`;
}
