import type {
  Checkboxes,
  ExternalSelect,
  NumberInput,
  PlainTextInput,
  PlainTextOption,
  StaticSelect,
} from '@slack/types';
import type { FormChoice, FormField } from '../../../core/ports/chat-surfaces.ts';
import { clean, clip } from '../../chat/clean-text.ts';
import { VIEW_LIMITS } from './view-limits.ts';

/** All that a form asks with. */
export type FieldElement = PlainTextInput | NumberInput | StaticSelect | ExternalSelect | Checkboxes;

/** The `action_id` of each kind of element: some are listened to while the modal is open. */
export const FIELD_ACTIONS = {
  value: 'cosmos.value',
  /** A choice that changes the other fields. */
  refresh: 'cosmos.refresh',
  search: 'cosmos.search',
} as const;

/** A field's element, and the value that it begins with. */
export interface RenderedField {
  readonly element: FieldElement;
  /** As it comes back when nobody touches it; absent where it is empty. */
  readonly initial?: string;
}

/** The element that asks for a field; undefined where there is nothing to choose from. */
export function toElement(field: FormField): RenderedField | undefined {
  switch (field.kind) {
    case 'text':
      return textInput(field);
    case 'number':
      return numberInput(field);
    case 'choice':
      return select(field);
    case 'check':
      return checkbox(field);
    case 'search':
      return search(field);
  }
}

/** A choice as an option of a menu; undefined where Slack cannot carry its value. */
function toOption({ value, label }: FormChoice): PlainTextOption | undefined {
  if (value === '' || value.length > VIEW_LIMITS.option || value !== value.toWellFormed()) return undefined;
  const shown = clean(label).trim();
  return {
    text: { type: 'plain_text', text: clip(shown === '' ? value : shown, VIEW_LIMITS.option) },
    value,
  };
}

/** The options of a menu, each value once and only so many as Slack takes; the chosen one always stays. */
export function toOptions(choices: readonly FormChoice[], chosen?: string): PlainTextOption[] {
  const options = new Map<string, PlainTextOption>();
  for (const choice of choices) {
    const option = options.has(choice.value) ? undefined : toOption(choice);
    if (option !== undefined) options.set(choice.value, option);
  }
  const all = [...options.values()];
  const kept = all.slice(0, VIEW_LIMITS.options);
  const last = chosen === undefined ? undefined : options.get(chosen);
  return last === undefined || kept.includes(last) ? kept : [...kept.slice(0, -1), last];
}

function textInput(field: Extract<FormField, { kind: 'text' }>): RenderedField {
  const most = Math.min(
    VIEW_LIMITS.input,
    Math.max(1, Math.trunc(field.maxCharacters ?? 0) || VIEW_LIMITS.input),
  );
  const given = (field.initial ?? '').toWellFormed();
  // A text that does not fit is asked for anew: half of one would be run without anybody noticing.
  const initial = given === '' || given.length > most ? undefined : given;
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: FIELD_ACTIONS.value,
    multiline: field.multiline || initial?.includes('\n') === true,
    max_length: most,
    ...(initial !== undefined && { initial_value: initial }),
  };
  return { element, ...(initial !== undefined && { initial }) };
}

function numberInput(field: Extract<FormField, { kind: 'number' }>): RenderedField {
  const { whole } = field;
  const least = bound(field.minimum, whole ? Math.ceil : undefined);
  const most = bound(field.maximum, whole ? Math.floor : undefined);
  const isRange = least === undefined || most === undefined || Number(least) <= Number(most);
  const isFit =
    field.initial !== undefined &&
    (!whole || Number.isInteger(field.initial)) &&
    field.initial >= (field.minimum ?? field.initial) &&
    field.initial <= (field.maximum ?? field.initial);
  const initial = isFit ? decimal(field.initial) : undefined;
  const element: NumberInput = {
    type: 'number_input',
    action_id: FIELD_ACTIONS.value,
    is_decimal_allowed: !whole,
    ...(isRange && least !== undefined && { min_value: least }),
    ...(isRange && most !== undefined && { max_value: most }),
    ...(initial !== undefined && { initial_value: initial }),
  };
  return { element, ...(initial !== undefined && { initial }) };
}

function select(field: Extract<FormField, { kind: 'choice' }>): RenderedField | undefined {
  const options = toOptions(field.choices, field.initial);
  if (options.length === 0) return undefined;
  const chosen = options.find(({ value }) => value === field.initial);
  const element: StaticSelect = {
    type: 'static_select',
    action_id: field.refreshes ? FIELD_ACTIONS.refresh : FIELD_ACTIONS.value,
    options,
    ...(chosen !== undefined && { initial_option: chosen }),
  };
  return { element, ...(chosen?.value !== undefined && { initial: chosen.value }) };
}

/** What a tick means stands beside the box: a hint below would say it again. */
function checkbox({ help, initial }: Extract<FormField, { kind: 'check' }>): RenderedField {
  const option = toOption({ value: 'true', label: help });
  const element: Checkboxes = {
    type: 'checkboxes',
    action_id: FIELD_ACTIONS.value,
    options: option === undefined ? [] : [option],
    ...(initial && option !== undefined && { initial_options: [option] }),
  };
  return { element, initial: String(initial) };
}

function search(field: Extract<FormField, { kind: 'search' }>): RenderedField {
  const chosen = field.initial && toOption(field.initial);
  const element: ExternalSelect = {
    type: 'external_select',
    action_id: FIELD_ACTIONS.search,
    // The newest are offered before anybody has typed.
    min_query_length: 0,
    ...(chosen !== undefined && { initial_option: chosen }),
  };
  return { element, ...(chosen?.value !== undefined && { initial: chosen.value }) };
}

function bound(
  value: number | undefined,
  round: ((value: number) => number) | undefined,
): string | undefined {
  if (value === undefined) return undefined;
  return decimal(round === undefined ? value : round(value));
}

/** Slack takes digits only, without an exponent; undefined for what cannot be written so. */
function decimal(value: number): string | undefined {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return undefined;
  const text = String(value === 0 ? 0 : value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
