import { type JsonObject, objectAt, objectsOf } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import { COMPONENTS } from '../numbers.ts';
import type { Complaints } from './complaints.ts';

type CheckRow = (row: JsonObject, path: string) => void;

/** Limits of components of version 2: at most 40 in all, texts of 4,000. */
export function checkLayout(
  components: readonly JsonObject[],
  complaints: Complaints,
  checkRow: CheckRow,
): void {
  const all = components.flatMap(descendants);
  if (all.length > LIMITS.componentsV2) {
    complaints.add(
      'components',
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      `The maximum number of components is ${LIMITS.componentsV2}`,
    );
  }
  components.forEach((each, index) => {
    check(each, `components.${index}`, complaints, checkRow);
  });
}

/** The component and everything inside it. */
export function descendants(component: JsonObject): readonly JsonObject[] {
  const accessory = objectAt(component, 'accessory');
  return [
    component,
    ...objectsOf(component['components']).flatMap(descendants),
    ...(accessory ? descendants(accessory) : []),
  ];
}

function check(component: JsonObject, path: string, complaints: Complaints, checkRow: CheckRow): void {
  const { ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER } = COMPONENTS;
  switch (component['type']) {
    case ROW:
      checkRow(component, path);
      break;
    case TEXT_DISPLAY:
      complaints.text(`${path}.content`, component['content'], 1, LIMITS.textDisplay);
      break;
    case SECTION:
    case CONTAINER: {
      const inner = objectsOf(component['components']);
      if (inner.length === 0) complaints.required(`${path}.components`);
      inner.forEach((each, index) => {
        check(each, `${path}.components.${index}`, complaints, checkRow);
      });
      return;
    }
    case MEDIA_GALLERY:
    case FILE:
    case SEPARATOR:
      return;
    default:
      complaints.choice(`${path}.type`, component['type'], [
        ROW,
        SECTION,
        TEXT_DISPLAY,
        MEDIA_GALLERY,
        FILE,
        SEPARATOR,
        CONTAINER,
      ]);
  }
}
