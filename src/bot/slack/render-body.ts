import { stripVTControlCharacters } from 'node:util';
import type { RichTextElement } from '@slack/types';
import type { CardBlock, Text } from '../../core/ports/chat.ts';
import { pad, widthOf } from '../text-width.ts';
import { percent } from '../wording/numbers.ts';
import { clean, toElements, toPlain } from './spans.ts';

/** A part of a card's body: lines that follow each other are one paragraph, a picture is a block of its own. */
export type BodyPart =
  | { readonly kind: 'line'; readonly elements: readonly RichTextElement[] }
  | { readonly kind: 'quote'; readonly text: string }
  /** Where it does not fit, it is shortened from the end, or from the front. */
  | { readonly kind: 'preformatted'; readonly text: string; readonly keep: 'start' | 'end' }
  | { readonly kind: 'picture'; readonly file: string; readonly description: string };

/** Slack's id of a picture on our disk; undefined where it is not there (yet). */
export type PictureLookup = (path: string) => string | undefined;

const BAR_CHARACTERS = 20;
const GAP = '  ';
/** Slack drops ordinary spaces at the end of inline code. */
const HARD_SPACE = '\u00A0';
/** The parts of one block of a card; none where there is nothing to show. */
export function bodyParts(block: CardBlock, pictures: PictureLookup): readonly BodyPart[] {
  switch (block.type) {
    case 'text':
      return lines(toElements(block.text));
    case 'quote':
      return block.text.trim() === '' ? [] : [{ kind: 'quote', text: clean(block.text, 'keep') }];
    case 'rows':
      return rowParts(block.rows);
    case 'progress':
      return lines([
        { type: 'text', text: bar(block.percent), style: { code: true } },
        ...spaced(toElements(block.label)),
      ]);
    case 'log':
      return preformatted(block.lines.map(logLine), 'end');
    case 'picture': {
      const file = pictures(block.path);
      return file === undefined ? [] : [{ kind: 'picture', file, description: clean(block.description) }];
    }
  }
}

/** `█████████░░░░░░░░░░░ 46 %`; without a percentage an empty bar. */
function bar(value: number | undefined): string {
  const bounded = value === undefined || !Number.isFinite(value) ? 0 : Math.min(100, Math.max(0, value));
  const rounded = Math.round((bounded / 100) * BAR_CHARACTERS);
  const full = bounded === 100 ? BAR_CHARACTERS : Math.min(BAR_CHARACTERS - 1, rounded);
  const drawn = '█'.repeat(full) + '░'.repeat(BAR_CHARACTERS - full);
  return value === undefined ? drawn : `${drawn} ${percent(bounded)}`;
}

/**
 * Aligned by a fixed-width font. Only there a time cannot be shown in the reader's zone, so rows that end with one have
 * it behind their aligned cells.
 */
function rowParts(rows: readonly (readonly Text[])[]): readonly BodyPart[] {
  const plain = rows.map((row) => row.map((cell) => toPlain(cell).trimEnd()));
  const aligned = align(plain);
  if (!rows.some((row) => row.some(hasTime))) return preformatted(aligned, 'start');
  return rows.flatMap((row, index) => {
    const first = row.findIndex(hasTime);
    const before = first < 0 ? (plain[index] ?? []) : (plain[index] ?? []).slice(0, first);
    const head = align(plain.map((cells) => cells.slice(0, before.length)))[index] ?? '';
    const tail = first < 0 ? [] : row.slice(first).flatMap((cell) => spaced(toElements(cell)));
    return lines([...(head === '' ? [] : [fixedWidth(head)]), ...tail]);
  });
}

function hasTime(cell: Text): boolean {
  return cell.some((span) => typeof span === 'object' && 'time' in span);
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

function fixedWidth(text: string): RichTextElement {
  return { type: 'text', text: text.replaceAll(' ', HARD_SPACE), style: { code: true } };
}

function spaced(elements: RichTextElement[]): RichTextElement[] {
  return elements.length === 0 ? [] : [{ type: 'text', text: GAP }, ...elements];
}

function lines(elements: readonly RichTextElement[]): readonly BodyPart[] {
  return elements.length === 0 ? [] : [{ kind: 'line', elements }];
}

function preformatted(texts: readonly string[], keep: 'start' | 'end'): readonly BodyPart[] {
  const text = texts.join('\n');
  return text.trim() === '' ? [] : [{ kind: 'preformatted', text, keep }];
}

function logLine(line: string): string {
  return clean(stripVTControlCharacters(line)).trimEnd();
}
