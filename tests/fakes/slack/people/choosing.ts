import { type JsonObject, objectAt, objectsOf, stringAt } from '../json.ts';
import type { SeenControl } from './seen.ts';

/** What somebody enters: a text, the text or value of an option, or several of them. */
export type Entered = string | readonly string[];

/** The options of a menu, groups included. */
export function optionsOf(element: JsonObject): readonly JsonObject[] {
  return [
    ...objectsOf(element['options']),
    ...objectsOf(element['option_groups']).flatMap((group) => objectsOf(group['options'])),
  ];
}

/** The state of a control after somebody has entered this. Throws where a client would not let them. */
export function enteredState(
  control: SeenControl,
  entered: Entered,
  offered: readonly JsonObject[],
): JsonObject {
  const { type } = control;
  const all = typeof entered === 'string' ? [entered] : entered;
  const first = all[0] ?? '';
  switch (type) {
    case 'plain_text_input':
      return { type, value: first === '' ? null : first };
    case 'number_input':
      if (first !== '' && !/^-?\d+(\.\d+)?$/.test(first)) throw new Error(`${first} is no number`);
      return { type, value: first === '' ? null : first };
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { type, selected_option: first === '' ? null : optionNamed(offered, first) };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { type, selected_options: all.map((each) => optionNamed(offered, each)) };
    case 'users_select':
      return { type, selected_user: first };
    case 'channels_select':
      return { type, selected_channel: first };
    case 'conversations_select':
      return { type, selected_conversation: first };
    case 'datepicker':
      return { type, selected_date: first };
    default:
      throw new Error(`nothing can be entered into a ${type}`);
  }
}

/** True where the state holds nothing. */
export function isEmpty(state: JsonObject | undefined): boolean {
  if (!state) return true;
  return Object.entries(state).every(
    ([key, value]) => key === 'type' || value === null || (Array.isArray(value) && value.length === 0),
  );
}

function optionNamed(offered: readonly JsonObject[], name: string): JsonObject {
  const found = offered.find(
    (each) => stringAt(each, 'value') === name || stringAt(objectAt(each, 'text'), 'text') === name,
  );
  if (!found) {
    const names = offered.map((each) => stringAt(objectAt(each, 'text'), 'text')).join(', ');
    throw new Error(`there is no option ${name}, but ${names || 'none'}`);
  }
  return found;
}
