/** Most words of a name, so that it can be read and typed. */
const MAXIMUM_WORDS = 3;
const MAXIMUM_CHARACTERS = 40;
/** The name of a prompt whose text has no usable word. */
const NAMELESS = 'prompt';

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
 * it is free.
 */
export function promptName(text: string, isTaken: (name: string) => boolean): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !STOP_WORDS.has(word) && /\p{L}/u.test(word));
  const chosen = [...new Set(telling.length > 0 ? telling : words)].slice(0, MAXIMUM_WORDS);
  const name = [...chosen.join('_')].slice(0, MAXIMUM_CHARACTERS).join('').replace(/_+$/, '') || NAMELESS;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (!isTaken(candidate)) return candidate;
  }
}
