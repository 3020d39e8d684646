import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import type { Parameter } from './profile.ts';
import type { SpecObject } from './spec-object.ts';

type RegionParameter = Extract<Parameter, { type: 'regions' }>;

/** A part of the picture, and what is to be seen there. */
export interface Region {
  readonly text: string;
  /** Left, top, right and bottom as parts of the picture, from 0 to 1; absent where words say which part it is. */
  readonly box?: readonly [number, number, number, number];
  /** What the model itself finds in the video. */
  readonly mask?: string;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/**
 * Regions as people type them, one in each line (or in each item of a list): `0,0,0.5,1: snow on the roof`, or, where the
 * model can find things by itself, `roof: snow`. Problems: `input.region_invalid` {parameter, given, reason,
 * maximum?}; reasons are `no_text`, `no_place`, `outside`, `empty`, `no_mask`, `too_many`.
 */
export function parseRegions(
  name: string,
  parameter: RegionParameter,
  given: string | readonly string[],
): Checked<readonly Region[]> {
  const lines = (typeof given === 'string' ? [given] : given)
    .flatMap((text) => text.split(/\r\n|\r|\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const maximum = parameter.max_regions;
  if (lines.length > maximum) {
    const details = { parameter: name, given: `${lines.length} regions`, reason: 'too_many', maximum };
    return invalid('input.region_invalid', details);
  }
  const regions: Region[] = [];
  const problems: Problem[] = [];
  for (const line of lines) {
    const region = parseRegion(parameter, line);
    if (typeof region !== 'string') regions.push(region);
    else {
      const details = { parameter: name, given: line.slice(0, 100), reason: region };
      problems.push({ code: 'input.region_invalid', parameters: details });
    }
  }
  const [first, ...rest] = problems;
  return first === undefined ? valid(regions) : { ok: false, problems: [first, ...rest] };
}

/** The same as they are typed, one in each line. */
export function regionWords(regions: readonly Region[]): string {
  return regions.map(({ text, box, mask }) => `${box?.join(',') ?? mask}: ${text}`).join('\n');
}

/** As the model reads them. */
export function regionObjects({ keys }: RegionParameter, regions: readonly Region[]): readonly SpecObject[] {
  return regions.map(({ text, box, mask }) => ({
    [keys.text]: text,
    ...(box !== undefined && { [keys.box]: box }),
    ...(mask !== undefined && keys.mask !== undefined && { [keys.mask]: mask }),
  }));
}

/** The region, or why it is none. */
function parseRegion({ keys }: RegionParameter, line: string): Region | string {
  const [, place = '', text = ''] = /^([^:]*):([\s\S]*)$/.exec(line) ?? ['', '', ''];
  const where = place.trim();
  const what = text.trim();
  const numbers = numbersOf(where === '' ? line : where);
  if (numbers !== undefined && what === '') return 'no_text';
  if (where === '') return 'no_place';
  if (what === '') return 'no_text';
  if (numbers === undefined) return keys.mask === undefined ? 'no_mask' : { text: what, mask: where };
  const [left, top, right, bottom] = numbers;
  if (numbers.some((corner) => corner < 0 || corner > 1)) return 'outside';
  if (left >= right || top >= bottom) return 'empty';
  return { text: what, box: numbers };
}

/** Four numbers, with or without brackets. */
function numbersOf(text: string): readonly [number, number, number, number] | undefined {
  const words = text
    .replace(/^\[|\]$/g, '')
    .split(/[,;\s]+/)
    .filter((word) => word !== '');
  if (words.length !== 4 || !words.every((word) => NUMBER.test(word))) return undefined;
  const [left = 0, top = 0, right = 0, bottom = 0] = words.map(Number);
  return [left, top, right, bottom];
}
