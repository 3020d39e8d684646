import { isNarrow, widthOf, wrapped } from '../text-width.ts';

/** Narrower than this, text hangs no longer under its beginning: it would be a column of letters. */
const NARROWEST_COLUMN = 12;

/** A line cut at exactly `width` columns where it is wider; nothing is lost. */
export function hardWrap(line: string, width: number): readonly string[] {
  if (widthOf(line) <= width) return [line];
  return wrapped(line, width, { hard: true, trim: false, wordWrap: false });
}

/** A number and its unit stay on one line. */
const NUMBER_AND_UNIT = /(?<=\d) (?=(?:ms|s|min|h|d|B|kB|MB|GB|TB|fps|%|frames?|steps)(?![\p{L}\d]))/gu;
const NO_BREAK_SPACE = '\u00A0';

/** `head` and then `text`, wrapped at spaces; further lines begin with `indent`. */
export function hang(head: string, text: string, width: number, indent: string): readonly string[] {
  const room = width - widthOf(head);
  if (room < NARROWEST_COLUMN) return hardWrap(head + text, width);
  const [first = '', ...rest] = wrapWords(text, room);
  if (rest.length === 0) return [head + first];
  if (widthOf(indent) === widthOf(head)) return [head + first, ...rest.map((line) => indent + line)];
  return [head + first, ...wrapWords(rest.join(' '), width - widthOf(indent)).map((line) => indent + line)];
}

function wrapWords(text: string, width: number): readonly string[] {
  if (text.trim() === text && isNarrow(text) && widthOf(text) <= width) return [text];
  const bound = text.replaceAll(NUMBER_AND_UNIT, NO_BREAK_SPACE);
  return wrapped(bound, width, { hard: true }).map((line) => line.replaceAll(NO_BREAK_SPACE, ' '));
}

/** Joins pieces with `separator` into lines of at most `width` columns; breaks between pieces only. */
export function wrap(pieces: readonly string[], width: number, separator: string): readonly string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + widthOf(separator) + widthOf(piece) <= width)
      lines[lines.length - 1] = last + separator + piece;
    else lines.push(piece);
  }
  return lines;
}

/** The beginning of a line without escape sequences, at most `width` columns, with `sign` where something was cut. */
export function fill(line: string, width: number, sign: string): string {
  if (widthOf(line) <= width) return line;
  const room = width - widthOf(sign);
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const columns = widthOf(segment);
    if (used + columns > room) break;
    kept += segment;
    used += columns;
  }
  return kept + sign;
}
