import type { RichTextElement } from '@slack/types';
import type { CardBlock, Text } from '../../core/ports/chat.ts';
import { clean } from '../chat/clean-text.ts';
import { alignedRows, bar, GAP, logLine, splitRows } from '../chat/text-parts.ts';
import { toElements } from './spans.ts';

/** A part of a card's body: lines that follow each other are one paragraph, a picture is a block of its own. */
export type BodyPart =
  | { readonly kind: 'line'; readonly elements: readonly RichTextElement[] }
  | { readonly kind: 'quote'; readonly text: string }
  /** Where it does not fit, it is shortened from the end, or from the front. */
  | { readonly kind: 'preformatted'; readonly text: string; readonly keep: 'start' | 'end' }
  | { readonly kind: 'picture'; readonly file: string; readonly description: string };

/** Slack's id of a picture on our disk; undefined where it is not there (yet). */
export type PictureLookup = (path: string) => string | undefined;

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

function rowParts(rows: readonly (readonly Text[])[]): readonly BodyPart[] {
  const aligned = alignedRows(rows);
  if (aligned !== undefined) return preformatted(aligned, 'start');
  return splitRows(rows).flatMap(({ head, tail }) =>
    lines([...(head === '' ? [] : [fixedWidth(head)]), ...tail.flatMap((cell) => spaced(toElements(cell)))]),
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
