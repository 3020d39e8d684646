import { type Checked, invalid, valid } from '../errors.ts';
import { isIdLike } from '../ids.ts';

/** Most words of a name, so that it can be read and typed. */
const MAXIMUM_WORDS = 3;
/** In code points, number included. */
const MAXIMUM_CHARACTERS = 40;
/** The name of a prompt whose text has no usable word. */
const NAMELESS = 'prompt';

/** Letters of any script with their marks, and digits. */
const WORDS = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;

/** Words that tell nothing about a picture. */
const STOP_WORDS = new Set(
  (
    'a an and are as at be been but by can could do does for from has have he her his i if in into is it its of on or ' +
    'our out over shall she should so some such than that the their them then there these they this to under up was ' +
    'we were what when where which while who will with would you your very more most shows showing show video scene ' +
    'style shot cinematic photorealistic realistic high quality detailed'
  ).split(' '),
);

/**
 * A readable name of at most three words of `text`, joined by `_`; a number is appended until `isTaken` says that
 * it is free. Never longer than 40 characters, never like an id.
 */
export function promptName(text: string, isTaken: (name: string) => boolean): string {
  const name = nameOf(text);
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `_${number}`;
    const candidate = `${cut(name, MAXIMUM_CHARACTERS - suffix.length)}${suffix}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** `rainy_neon_street_enhanced`; a number is appended until `isTaken` says that it is free. */
export function enhancedName(parent: string, isTaken: (name: string) => boolean): string {
  const base = parent.replace(/_enhanced(?:_\d+)?$/, '');
  for (let number = 1; ; number++) {
    const suffix = `_enhanced${number === 1 ? '' : `_${number}`}`;
    const candidate = `${cut(base, MAXIMUM_CHARACTERS - suffix.length)}${suffix}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** A name that somebody has chosen. Fails with `input.name_invalid` {name, maximum, nearest}. */
export function checkName(name: string): Checked<string> {
  const words = name.split(/[_-]/);
  const isValid =
    words.length <= MAXIMUM_WORDS &&
    words.every((word) => word.match(WORDS)?.[0] === word) &&
    name === name.toLowerCase().normalize('NFC') &&
    [...name].length <= MAXIMUM_CHARACTERS &&
    !isIdLike(name);
  if (isValid) return valid(name);
  const nearest = nameOf(name);
  return invalid('input.name_invalid', {
    name,
    maximum: MAXIMUM_CHARACTERS,
    ...(nearest !== NAMELESS && { nearest }),
  });
}

function nameOf(text: string): string {
  const words = text.normalize('NFC').toLowerCase().match(WORDS) ?? [];
  const telling = words.filter((word) => !STOP_WORDS.has(word) && /\p{L}/u.test(word));
  const chosen = [...new Set(telling.length > 0 ? telling : words)].slice(0, MAXIMUM_WORDS);
  // A text may begin with the words of an id.
  while (isIdLike(chosen.join('_'))) chosen.shift();
  return cut(chosen.join('_'), MAXIMUM_CHARACTERS) || NAMELESS;
}

/** The first `characters` code points, without a separator or half a letter with its marks at the end. */
function cut(name: string, characters: number): string {
  const all = [...name];
  if (all.length <= characters) return name;
  let end = characters;
  while (end > 0 && /^\p{M}/u.test(all[end] ?? '')) end -= 1;
  return all.slice(0, end).join('').replace(/_+$/, '');
}
