import { isObject, type JsonObject, objectAt, objectsOf, stringAt } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { COMPONENTS } from '../numbers.ts';
import type { Complaints } from './complaints.ts';
import { checkLayout } from './layout-check.ts';

const BUTTON_STYLES = { link: 5, premium: 6, last: 6 } as const;

/** Limits of the components of a message, classic or version 2; with the ids that Discord adds. */
export function checkComponents(
  value: unknown,
  complaints: Complaints,
  isVersion2: boolean,
): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    complaints.add('components', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
    return [];
  }
  const components = objectsOf(value);
  const seen = new Set<string>();
  if (isVersion2) {
    checkLayout(components, complaints, (row, path) => checkRow(row, path, seen, complaints));
  } else {
    if (components.length > LIMITS.rows) complaints.length('components', 0, LIMITS.rows);
    components.forEach((row, index) => {
      complaints.choice(`components.${index}.type`, row['type'], [COMPONENTS.ROW]);
      checkRow(row, `components.${index}`, seen, complaints);
    });
  }
  return numbered(components);
}

function checkRow(row: JsonObject, path: string, seen: Set<string>, complaints: Complaints): void {
  const inner = objectsOf(row['components']);
  const buttons = inner.filter((each) => each['type'] === COMPONENTS.BUTTON);
  if (inner.length === 0) complaints.length(`${path}.components`, 1, LIMITS.rowButtons);
  if (buttons.length > LIMITS.rowButtons) complaints.length(`${path}.components`, 1, LIMITS.rowButtons);
  if (buttons.length < inner.length && inner.length > 1) {
    complaints.add(`${path}.components`, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'A select fills its row.');
  }
  inner.forEach((each, index) => {
    const at = `${path}.components.${index}`;
    if (each['type'] === COMPONENTS.BUTTON) checkButton(each, at, seen, complaints);
    else checkSelect(each, at, seen, complaints);
  });
}

export function checkCustomId(
  component: JsonObject,
  path: string,
  seen: Set<string>,
  complaints: Complaints,
): void {
  const id = component['custom_id'];
  complaints.text(`${path}.custom_id`, id, 1, LIMITS.customId);
  if (typeof id !== 'string') return;
  if (seen.has(id)) {
    complaints.add(
      `${path}.custom_id`,
      'COMPONENT_CUSTOM_ID_DUPLICATED',
      'Component custom id cannot be duplicated',
    );
  }
  seen.add(id);
}

/** A string select, or one of people, roles or channels. */
export function checkSelect(
  select: JsonObject,
  path: string,
  seen: Set<string>,
  complaints: Complaints,
): void {
  const { STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT } = COMPONENTS;
  const types = [STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT];
  complaints.choice(`${path}.type`, select['type'], types);
  checkCustomId(select, path, seen, complaints);
  complaints.optionalText(`${path}.placeholder`, select['placeholder'], LIMITS.placeholder);
  if (select['type'] !== STRING_SELECT) return;
  checkOptions(select, path, 1, LIMITS.options, complaints);
}

/** The options of a select, a radio group or a checkbox group. */
export function checkOptions(
  component: JsonObject,
  path: string,
  least: number,
  most: number,
  complaints: Complaints,
): void {
  const options = objectsOf(component['options']);
  if (options.length < least || options.length > most) complaints.length(`${path}.options`, least, most);
  options.forEach((option, index) => {
    const at = `${path}.options.${index}`;
    complaints.text(`${at}.label`, option['label'], 1, 100);
    complaints.text(`${at}.value`, option['value'], 1, 100);
    complaints.optionalText(`${at}.description`, option['description'], 100);
  });
  const values = options.map((each) => each['value']);
  if (new Set(values).size < values.length) {
    complaints.add(
      `${path}.options`,
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  }
}

function checkButton(button: JsonObject, path: string, seen: Set<string>, complaints: Complaints): void {
  const style = button['style'];
  if (!(Number.isInteger(style) && Number(style) >= 1 && Number(style) <= BUTTON_STYLES.last)) {
    complaints.add(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6}.');
  }
  complaints.optionalText(`${path}.label`, button['label'], LIMITS.label);
  if (!stringAt(button, 'label') && !isObject(button['emoji'])) complaints.required(`${path}.label`);
  if (style === BUTTON_STYLES.link) {
    const url = stringAt(button, 'url');
    if (url === undefined || url.length > 512 || !/^(https?|discord):\/\//.test(url)) {
      complaints.add(`${path}.url`, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    }
    if (button['custom_id'] !== undefined) {
      complaints.add(`${path}.custom_id`, 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE', 'Not both');
    }
    return;
  }
  checkCustomId(button, path, seen, complaints);
}

/** Every component of a received message has a number. */
function numbered(components: readonly JsonObject[]): readonly JsonObject[] {
  let count = 0;
  const add = (component: JsonObject): JsonObject => {
    count += 1;
    const id = component['id'] ?? count;
    const accessory = objectAt(component, 'accessory');
    return {
      ...component,
      id,
      ...(Array.isArray(component['components'])
        ? { components: objectsOf(component['components']).map(add) }
        : {}),
      ...(accessory ? { accessory: add(accessory) } : {}),
    };
  };
  return components.map(add);
}
