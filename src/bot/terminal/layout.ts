import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Narrower than this, text hangs no longer under its beginning: it would be a column of letters. */
const NARROWEST_COLUMN = 12;

/** A line cut at exactly `width` columns where it is wider; nothing is lost. */
export function hardWrap(line: string, width: number): readonly string[] {
  if (stringWidth(line) <= width) return [line];
  return wrapAnsi(line, width, { hard: true, trim: false, wordWrap: false }).split('\n');
}

/** A number and its unit stay on one line. */
const NUMBER_AND_UNIT = /(?<=\d) (?=(?:ms|s|min|h|d|B|kB|MB|GB|TB|fps|%|frames?|steps)(?![\p{L}\d]))/gu;
const NO_BREAK_SPACE = '\u00A0';

/** `head` and then `text`, wrapped at spaces; further lines begin with `indent`. */
export function hang(head: string, text: string, width: number, indent: string): readonly string[] {
  const room = width - stringWidth(head);
  if (room < NARROWEST_COLUMN) return hardWrap(head + text, width);
  const [first = '', ...rest] = wrapWords(text, room);
  if (rest.length === 0) return [head + first];
  if (stringWidth(indent) === stringWidth(head)) return [head + first, ...rest.map((line) => indent + line)];
  return [
    head + first,
    ...wrapWords(rest.join(' '), width - stringWidth(indent)).map((line) => indent + line),
  ];
}

function wrapWords(text: string, width: number): readonly string[] {
  const bound = text.replaceAll(NUMBER_AND_UNIT, NO_BREAK_SPACE);
  return wrapAnsi(bound, width, { hard: true }).replaceAll(NO_BREAK_SPACE, ' ').split('\n');
}

/** Joins pieces with `separator` into lines of at most `width` columns; breaks between pieces only. */
export function wrap(pieces: readonly string[], width: number, separator: string): readonly string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + stringWidth(separator) + stringWidth(piece) <= width)
      lines[lines.length - 1] = last + separator + piece;
    else lines.push(piece);
  }
  return lines;
}

/** The beginning of a line without escape sequences, at most `width` columns, with `sign` where something was cut. */
export function fill(line: string, width: number, sign: string): string {
  if (stringWidth(line) <= width) return line;
  const room = width - stringWidth(sign);
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    const columns = stringWidth(segment);
    if (used + columns > room) break;
    kept += segment;
    used += columns;
  }
  return kept + sign;
}

/** Pads with spaces up to `width` columns; wide characters count as two. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
