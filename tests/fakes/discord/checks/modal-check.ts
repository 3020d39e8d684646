import { type JsonObject, objectAt, objectsOf } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { COMPONENTS } from '../numbers.ts';
import { Complaints } from './complaints.ts';
import { checkCustomId, checkOptions, checkSelect } from './component-check.ts';

const INPUTS: readonly number[] = [
  COMPONENTS.TEXT_INPUT,
  COMPONENTS.STRING_SELECT,
  COMPONENTS.USER_SELECT,
  COMPONENTS.ROLE_SELECT,
  COMPONENTS.MENTIONABLE_SELECT,
  COMPONENTS.CHANNEL_SELECT,
  COMPONENTS.FILE_UPLOAD,
  COMPONENTS.RADIO_GROUP,
  COMPONENTS.CHECKBOX_GROUP,
  COMPONENTS.CHECKBOX,
];

/** Limits of a modal. Throws 50035. */
export function checkModal(modal: JsonObject): void {
  const complaints = new Complaints();
  complaints.text('data.title', modal['title'], 1, LIMITS.modalTitle);
  complaints.text('data.custom_id', modal['custom_id'], 1, LIMITS.customId);
  const components = objectsOf(modal['components']);
  if (components.length < 1 || components.length > LIMITS.modalComponents) {
    complaints.length('data.components', 1, LIMITS.modalComponents);
  }
  const seen = new Set<string>();
  components.forEach((each, index) => {
    checkPart(each, `data.components.${index}`, seen, complaints);
  });
  complaints.raise();
}

function checkPart(part: JsonObject, path: string, seen: Set<string>, complaints: Complaints): void {
  const { ROW, LABEL, TEXT_DISPLAY, TEXT_INPUT } = COMPONENTS;
  complaints.choice(`${path}.type`, part['type'], [ROW, LABEL, TEXT_DISPLAY]);
  if (part['type'] === ROW) {
    const inner = objectsOf(part['components']);
    if (inner.length !== 1) complaints.length(`${path}.components`, 1, 1);
    const [input = {}] = inner;
    complaints.choice(`${path}.components.0.type`, input['type'], [TEXT_INPUT]);
    complaints.text(`${path}.components.0.label`, input['label'], 1, LIMITS.modalTitle);
    checkInput(input, `${path}.components.0`, seen, complaints);
  } else if (part['type'] === LABEL) {
    complaints.text(`${path}.label`, part['label'], 1, 45);
    complaints.optionalText(`${path}.description`, part['description'], 100);
    checkInput(objectAt(part, 'component') ?? {}, `${path}.component`, seen, complaints);
  } else if (part['type'] === TEXT_DISPLAY) {
    complaints.text(`${path}.content`, part['content'], 1, LIMITS.textDisplay);
  }
}

function checkInput(input: JsonObject, path: string, seen: Set<string>, complaints: Complaints): void {
  const type = input['type'];
  complaints.choice(`${path}.type`, type, INPUTS);
  switch (type) {
    case COMPONENTS.TEXT_INPUT:
      checkCustomId(input, path, seen, complaints);
      complaints.choice(`${path}.style`, input['style'], [1, 2]);
      complaints.optionalText(`${path}.placeholder`, input['placeholder'], 100);
      complaints.optionalText(
        `${path}.value`,
        input['value'],
        Number(input['max_length'] ?? LIMITS.textInput),
      );
      checkRange(input, path, { least: 'min_length', most: 'max_length' }, LIMITS.textInput, complaints);
      break;
    case COMPONENTS.FILE_UPLOAD:
      checkCustomId(input, path, seen, complaints);
      checkRange(input, path, { least: 'min_values', most: 'max_values' }, 10, complaints);
      break;
    case COMPONENTS.RADIO_GROUP:
      checkCustomId(input, path, seen, complaints);
      checkOptions(input, path, 2, 10, complaints);
      break;
    case COMPONENTS.CHECKBOX_GROUP:
      checkCustomId(input, path, seen, complaints);
      checkOptions(input, path, 1, 10, complaints);
      break;
    case COMPONENTS.CHECKBOX:
      checkCustomId(input, path, seen, complaints);
      break;
    default:
      if (INPUTS.some((each) => each === type)) checkSelect(input, path, seen, complaints);
  }
}

function checkRange(
  input: JsonObject,
  path: string,
  names: { readonly least: string; readonly most: string },
  most: number,
  complaints: Complaints,
): void {
  for (const [name, from] of [
    [names.least, 0],
    [names.most, 1],
  ] as const) {
    const value = input[name];
    if (value === undefined || value === null) continue;
    if (!(Number.isInteger(value) && Number(value) >= from && Number(value) <= most)) {
      complaints.add(`${path}.${name}`, 'NUMBER_TYPE_MAX', `Must be between ${from} and ${most}.`);
    }
  }
}
