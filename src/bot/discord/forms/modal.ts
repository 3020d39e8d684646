import {
  type APICheckboxComponent,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APISelectMenuOption,
  type APIStringSelectComponent,
  type APITextInputComponent,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import type { Form, FormChoice, FormField } from '../../../core/ports/chat-surfaces.ts';
import { clean, clip } from '../../chat/clean-text.ts';
import { FORM_LIMITS } from './form-limits.ts';
import type { ModalIds } from './modal-state.ts';

/** What a search field offers before anybody types: a modal asks nothing while it is open. */
export type Offer = (field: string) => readonly FormChoice[];

/** A form as a modal with these fields, within Discord's limits whatever the form holds. */
export function toModal(
  { title }: Form,
  fields: readonly FormField[],
  ids: ModalIds,
  offer: Offer,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: ids.modal,
    title: words(title, FORM_LIMITS.title),
    components: fields.map((field, index): APILabelComponent => {
      const help = clean(field.help ?? '').trim();
      return {
        type: ComponentType.Label,
        label: words(field.label, FORM_LIMITS.label),
        ...(help !== '' && { description: clip(help, FORM_LIMITS.help) }),
        component: toComponent(field, ids.fields[index] ?? field.name, offer),
      };
    }),
  };
}

function toComponent(
  field: FormField,
  id: string,
  offer: Offer,
): APITextInputComponent | APIStringSelectComponent | APICheckboxComponent {
  switch (field.kind) {
    case 'choice':
      return select(field, id, field.choices, field.initial) ?? input(field, id, { initial: field.initial });
    case 'search': {
      const offered = [...(field.initial ? [field.initial] : []), ...offer(field.name)];
      const initial = field.initial?.value;
      return select(field, id, offered, initial) ?? input(field, id, { initial });
    }
    case 'check':
      return { type: ComponentType.Checkbox, custom_id: id, default: field.initial };
    case 'number':
      return input(field, id, { initial: field.initial === undefined ? undefined : String(field.initial) });
    case 'text':
      return input(field, id, field);
  }
}

function input(
  { required }: FormField,
  id: string,
  asked: {
    readonly initial?: string | undefined;
    readonly multiline?: boolean;
    readonly maxCharacters?: number;
  },
): APITextInputComponent {
  const most = Math.min(
    FORM_LIMITS.text,
    Math.max(1, Math.trunc(asked.maxCharacters ?? 0) || FORM_LIMITS.text),
  );
  const given = (asked.initial ?? '').toWellFormed();
  // A text that does not fit is asked for anew: half of one would be run without anybody noticing.
  const value = given === '' || given.length > most ? undefined : given;
  return {
    type: ComponentType.TextInput,
    custom_id: id,
    style:
      asked.multiline === true || value?.includes('\n') === true
        ? TextInputStyle.Paragraph
        : TextInputStyle.Short,
    required,
    max_length: most,
    ...(value !== undefined && { value }),
  };
}

/** Undefined where there is nothing to choose from. */
function select(
  { required }: FormField,
  id: string,
  choices: readonly FormChoice[],
  initial: string | undefined,
): APIStringSelectComponent | undefined {
  const options = toOptions(choices, initial);
  if (options.length === 0) return undefined;
  return {
    type: ComponentType.StringSelect,
    custom_id: id,
    options,
    required,
    min_values: required ? 1 : 0,
    max_values: 1,
  };
}

/** Each value once and only so many as Discord takes; the chosen one always stays. */
function toOptions(choices: readonly FormChoice[], initial: string | undefined): APISelectMenuOption[] {
  const options = new Map<string, APISelectMenuOption>();
  for (const { value, label } of choices) {
    if (options.has(value) || value === '' || value.length > FORM_LIMITS.option || !value.isWellFormed())
      continue;
    const isChosen = value === initial;
    options.set(value, {
      value,
      label: words(label === '' ? value : label, FORM_LIMITS.option),
      ...(isChosen && { default: true }),
    });
  }
  const all = [...options.values()];
  const kept = all.slice(0, FORM_LIMITS.options);
  const last = initial === undefined ? undefined : options.get(initial);
  return last === undefined || kept.includes(last) ? kept : [...kept.slice(0, -1), last];
}

function words(text: string, most: number): string {
  const shown = clean(text).trim();
  return clip(shown === '' ? '…' : shown, most);
}
