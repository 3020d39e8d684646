import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';

/** Loaded for the text that needs them only: their tables of emoji take longer than a whole command (measured: 25 ms). */
const load = createRequire(import.meta.url);

/** One column each and never joined with a neighbour: Latin letters, our own punctuation, arrows, boxes and marks. */
const NARROW =
  /^[\x20-\x7e\xa0-\xa8\xaa-\xac\xaf-\u02ff\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2500-\u25a9\u25b2-\u25b5\u25cb-\u25cf\u2605]*$/;

/** Columns that a fixed-width font needs for the text; escape sequences need none, wide characters two. */
export function widthOf(text: string): number {
  const visible = stripVTControlCharacters(text);
  if (NARROW.test(visible)) return visible.length;
  const { default: stringWidth }: typeof import('string-width') = load('string-width');
  return stringWidth(text);
}

/** True where each character of the text is one column and stands for itself; escape sequences do not count. */
export function isNarrow(text: string): boolean {
  return NARROW.test(stripVTControlCharacters(text));
}

/** Pads with spaces up to `width` columns; wide characters count as two. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Lines of at most `width` columns; escape sequences go on in the next line. */
export function wrapped(
  text: string,
  width: number,
  options: { readonly hard: boolean; readonly trim?: boolean; readonly wordWrap?: boolean },
): readonly string[] {
  if (width === Number.POSITIVE_INFINITY) return [text];
  const { default: wrapAnsi }: typeof import('wrap-ansi') = load('wrap-ansi');
  return wrapAnsi(text, width, options).split('\n');
}
