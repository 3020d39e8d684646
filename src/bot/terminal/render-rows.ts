import { pad, widthOf } from '../text-width.ts';
import { hang, hardWrap } from './layout.ts';

const GAP = '  ';
/** A last column narrower than this wraps badly: the row is then written as one running line. */
const NARROWEST_LAST = 16;

/**
 * Aligns cells in columns, counting wide characters as two. The last cell of a row may wrap under its own beginning;
 * where even that leaves no room, the row runs on over the whole width.
 */
export function renderRows(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const columns = columnWidths(rows);
  return rows.flatMap((row) => renderRow(row, columns, width));
}

function renderRow(row: readonly string[], columns: readonly number[], width: number): readonly string[] {
  const last = row.length - 1;
  if (last < 0) return [''];
  const head = row
    .slice(0, last)
    .map((cell, index) => pad(cell, columns[index] ?? 0) + GAP)
    .join('');
  const text = row[last] ?? '';
  if (widthOf(head) + widthOf(text) <= width) return [head + text];
  if (width - widthOf(head) >= NARROWEST_LAST) return hang(head, text, width, ' '.repeat(widthOf(head)));
  const running = row.filter((cell) => cell !== '').join(GAP);
  return width < NARROWEST_LAST ? hardWrap(running, width) : hang('', running, width, '  ');
}

/** The last cell of a row does not widen its column: it may be a sentence. */
function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.slice(0, -1).entries())
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return widths;
}
