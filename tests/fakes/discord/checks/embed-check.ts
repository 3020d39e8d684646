import { isObject, type JsonObject, objectAt, objectsOf, stringAt } from '../../slack/json.ts';
import { LIMITS } from '../limits.ts';
import type { Complaints } from './complaints.ts';

const COUNT = { fields: 25, title: 256, description: 4_096, name: 256, value: 1_024, footer: 2_048 } as const;

/** Limits of the embeds of one message; all of them share 6,000 characters. */
export function checkEmbeds(value: unknown, complaints: Complaints): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    complaints.add('embeds', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
    return [];
  }
  if (value.length > LIMITS.embeds) {
    complaints.add('embeds', 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.embeds} or fewer in length.`);
  }
  const embeds = objectsOf(value);
  embeds.forEach((embed, index) => {
    checkEmbed(embed, `embeds.${index}`, complaints);
  });
  const total = embeds.reduce((sum, each) => sum + lengthOf(each), 0);
  if (total > LIMITS.embedTotal) {
    complaints.add(
      'embeds',
      'MAX_EMBED_SIZE_EXCEEDED',
      `Embed size exceeds maximum size of ${LIMITS.embedTotal}`,
    );
  }
  return embeds;
}

function checkEmbed(embed: JsonObject, path: string, complaints: Complaints): void {
  complaints.optionalText(`${path}.title`, embed['title'], COUNT.title);
  complaints.optionalText(`${path}.description`, embed['description'], COUNT.description);
  complaints.optionalText(`${path}.footer.text`, objectAt(embed, 'footer')?.['text'], COUNT.footer);
  complaints.optionalText(`${path}.author.name`, objectAt(embed, 'author')?.['name'], COUNT.name);
  const fields = objectsOf(embed['fields']);
  if (fields.length > COUNT.fields) complaints.length(`${path}.fields`, 0, COUNT.fields);
  fields.forEach((field, index) => {
    complaints.text(`${path}.fields.${index}.name`, field['name'], 1, COUNT.name);
    complaints.text(`${path}.fields.${index}.value`, field['value'], 1, COUNT.value);
  });
  const color = embed['color'];
  if (color !== undefined && color !== null && !(Number.isInteger(color) && inColors(Number(color)))) {
    complaints.add(`${path}.color`, 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 16777215.');
  }
  for (const part of ['image', 'thumbnail'] as const) {
    const url = stringAt(objectAt(embed, part), 'url');
    if (isObject(embed[part]) && !(url !== undefined && /^(https?|attachment):\/\//.test(url))) {
      complaints.add(`${path}.${part}.url`, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    }
  }
  const link = stringAt(embed, 'url');
  if (link !== undefined && !/^https?:\/\//.test(link)) {
    complaints.add(`${path}.url`, 'URL_TYPE_INVALID_SCHEME', 'Scheme must be one of (http, https).');
  }
  const time = embed['timestamp'];
  if (typeof time === 'string' && Number.isNaN(Date.parse(time))) {
    complaints.add(`${path}.timestamp`, 'DATE_TIME_TYPE_PARSE', 'Could not parse. Should be ISO8601.');
  }
  if (lengthOf(embed) === 0 && !isObject(embed['image']) && !isObject(embed['thumbnail'])) {
    complaints.required(`${path}.description`);
  }
}

function lengthOf(embed: JsonObject): number {
  const texts = [
    embed['title'],
    embed['description'],
    objectAt(embed, 'footer')?.['text'],
    objectAt(embed, 'author')?.['name'],
    ...objectsOf(embed['fields']).flatMap((each) => [each['name'], each['value']]),
  ];
  return texts.reduce<number>((sum, each) => sum + (typeof each === 'string' ? each.length : 0), 0);
}

function inColors(color: number): boolean {
  return color >= 0 && color <= 0xff_ff_ff;
}
