import { stripVTControlCharacters } from 'node:util';
import type { Text } from '../../core/ports/chat.ts';
import { pad, widthOf } from '../text-width.ts';
import { percent } from '../wording/numbers.ts';
import { clean, toPlain } from './clean-text.ts';

const BAR_CHARACTERS = 20;
export const GAP = '  ';

/** A row of a table: its beginning in a fixed-width font, and the cells from the first time or link on. */
export interface SplitRow {
  readonly head: string;
  readonly tail: readonly Text[];
}

/** `█████████░░░░░░░░░░░ 46 %`; without a percentage an empty bar. */
export function bar(value: number | undefined): string {
  const bounded = value === undefined || !Number.isFinite(value) ? 0 : Math.min(100, Math.max(0, value));
  const rounded = Math.round((bounded / 100) * BAR_CHARACTERS);
  const full = bounded === 100 ? BAR_CHARACTERS : Math.min(BAR_CHARACTERS - 1, rounded);
  const drawn = '█'.repeat(full) + '░'.repeat(BAR_CHARACTERS - full);
  return value === undefined ? drawn : `${drawn} ${percent(bounded)}`;
}

/** Rows aligned by a fixed-width font, where none of them holds a time or a link; undefined else. */
export function alignedRows(rows: readonly (readonly Text[])[]): readonly string[] | undefined {
  return rows.some((row) => row.some(isLively)) ? undefined : align(plainCells(rows));
}

/**
 * Rows with times or links: only outside of a fixed-width font a time can be shown in the reader's zone and a link be
 * followed, so that they stand behind the aligned cells.
 */
export function splitRows(rows: readonly (readonly Text[])[]): readonly SplitRow[] {
  const plain = plainCells(rows);
  return rows.map((row, index) => {
    const first = row.findIndex(isLively);
    const count = first < 0 ? (plain[index] ?? []).length : first;
    const head = align(plain.map((cells) => cells.slice(0, count)))[index] ?? '';
    return { head, tail: first < 0 ? [] : row.slice(first) };
  });
}

/** A line of a log without colours, as it is shown in a fixed-width font. */
export function logLine(line: string): string {
  return clean(stripVTControlCharacters(line)).trimEnd();
}

function plainCells(rows: readonly (readonly Text[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.map((cell) => toPlain(cell).trimEnd()));
}

function isLively(cell: Text): boolean {
  return cell.some((span) => typeof span === 'object' && ('time' in span || 'link' in span));
}

function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}
