import { widthOf } from '../text-width.ts';
import { fill } from './layout.ts';
import { safeText } from './plain-text.ts';
import type { InputLine } from './render-screen.ts';

/** Of a column's worth of text nothing longer is looked at, in UTF-16 units: a paste may be as long as a book. */
const UNITS_PER_COLUMN = 16;

/** The part of a typed line that is on the screen. */
export interface InputWindow {
  readonly line: string;
  /** Columns before the cursor. */
  readonly column: number;
  /** What of `line` stands before the cursor and under it. */
  readonly reach: string;
}

/** The part of the typed text around the cursor that fits into one row; its cost is bound by `columns` alone. */
export function inputWindow(
  input: InputLine,
  columns: number,
  settings: { readonly unicode: boolean },
): InputWindow {
  const prompt = safeText(input.prompt, settings);
  const room = Math.max(1, columns - 1 - widthOf(prompt));
  const units = room * UNITS_PER_COLUMN;
  const { text, cursor } = input;
  const before = endOf(text.slice(Math.max(0, cursor - units), cursor), room - 1, settings);
  const after = safeText(text.slice(cursor, cursor + units), settings);
  const line = prompt + fill(before + after, room, '');
  const typed = prompt + before;
  const [under] = new Intl.Segmenter().segment(line.slice(typed.length));
  return { line, column: widthOf(prompt) + widthOf(before), reach: typed + (under?.segment ?? '') };
}

/** The last characters of a text, as they are shown, that need at most `width` columns. */
function endOf(text: string, width: number, settings: { readonly unicode: boolean }): string {
  const segments = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  let from = segments.length;
  let used = 0;
  while (from > 0) {
    used += widthOf(safeText(segments[from - 1] ?? '', settings));
    if (used > width) break;
    from -= 1;
  }
  return safeText(segments.slice(from).join(''), settings);
}
