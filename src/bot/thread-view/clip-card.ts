import type { Card, CardAction, CardBlock, ChatCapabilities, Span, Text } from '../../core/ports/chat.ts';

/** What a rendered time or mention may take, at most: adapters write them longer than they read. */
const TIME_CHARACTERS = 32;
/** What adapters write around a link and its words. */
const LINK_FRAME = 4;
const ELLIPSIS = '…';
/** A clipped part is worth showing from this length on. */
const SHORTEST = 8;

type Limits = Pick<ChatCapabilities, 'maxCardCharacters' | 'maxButtons'>;

/**
 * The card within a platform's limits. Room is made where it hurts least: log lines go first, from the front; then
 * quotes, rows and other texts are shortened from the end. Title and actions stay; only actions beyond `maxButtons`
 * are left out (they can still be typed), and a title that is alone too long is shortened.
 */
export function clipCard(card: Card, limits: Limits): Card {
  const kept: Card =
    card.actions.length > limits.maxButtons
      ? { ...card, actions: clipActions(card.actions, limits.maxButtons) }
      : card;
  if (cardCharacters(kept) <= limits.maxCardCharacters) return kept;
  const title = clipText(kept.title, Math.max(1, limits.maxCardCharacters));
  const room = limits.maxCardCharacters - textCharacters(title);
  return { ...kept, title, blocks: clipBlocks(kept.blocks, room) };
}

/** Characters of a card's title and blocks as an adapter would write them, one line break for each block and row. */
export function cardCharacters(card: Card): number {
  return textCharacters(card.title) + sum(card.blocks.map(blockCharacters));
}

/**
 * The first actions. Those that differ in their last word alone, as the ratings do, are one question: with half of its
 * answers it would be another one, so that it stays whole or goes, and what comes after it moves up.
 */
function clipActions(actions: readonly CardAction[], room: number): readonly CardAction[] {
  const questions = Map.groupBy(actions, ({ verb, target, arguments: words = [] }, index) =>
    JSON.stringify([verb, target, ...words.slice(0, -1), words.length > 0 ? 'answers' : index]),
  );
  const kept = new Set<CardAction>();
  for (const answers of questions.values()) {
    if (kept.size + answers.length <= room) for (const action of answers) kept.add(action);
  }
  return actions.filter((action) => kept.has(action));
}

function clipBlocks(blocks: readonly CardBlock[], room: number): readonly CardBlock[] {
  const logs = sum(blocks.map((block) => (block.type === 'log' ? blockCharacters(block) : 0)));
  let left = room;
  // Everything but the logs is placed first, in order, so that what is clipped stands at the end.
  const placed = blocks.map((block) => {
    if (block.type === 'log') return block;
    const clipped = clipBlock(block, left);
    if (clipped !== undefined) left -= blockCharacters(clipped);
    return clipped;
  });
  if (logs === 0) return placed.filter((block) => block !== undefined);
  return placed.flatMap((block): readonly CardBlock[] => {
    if (block?.type !== 'log') return block === undefined ? [] : [block];
    const clipped = clipLog(block.lines, left);
    if (clipped.length === 0) return [];
    const log: CardBlock = { type: 'log', lines: clipped };
    left -= blockCharacters(log);
    return [log];
  });
}

function clipBlock(block: Exclude<CardBlock, { type: 'log' }>, room: number): CardBlock | undefined {
  if (blockCharacters(block) <= room) return block;
  if (room < SHORTEST) return undefined;
  switch (block.type) {
    case 'text':
      return { type: 'text', text: clipText(block.text, room - 1) };
    case 'quote':
      return { type: 'quote', text: clipString(block.text, room - 1) };
    case 'rows':
      return clipRows(block.rows, room);
    default:
      // A bar or a picture without its words says nothing.
      return undefined;
  }
}

function clipRows(rows: readonly (readonly Text[])[], room: number): CardBlock | undefined {
  const kept: (readonly Text[])[] = [];
  let left = room;
  for (const row of rows) {
    left -= rowCharacters(row);
    if (left < 0) break;
    kept.push(row);
  }
  return kept.length === 0 ? undefined : { type: 'rows', rows: kept };
}

/** The newest lines that fit; the newest of all is shortened from the front where even it does not. */
function clipLog(lines: readonly string[], room: number): readonly string[] {
  const kept: string[] = [];
  let left = room;
  for (const line of lines.toReversed()) {
    const needed = line.length + 1;
    if (needed <= left) {
      kept.unshift(line);
      left -= needed;
      continue;
    }
    if (kept.length === 0 && left >= SHORTEST)
      kept.unshift(ELLIPSIS + wellFormed(line.slice(line.length - (left - 2))));
    break;
  }
  return kept;
}

function clipText(text: Text, room: number): Text {
  const kept: Span[] = [];
  let left = room;
  for (const span of text) {
    const needed = spanCharacters(span);
    if (needed <= left) {
      kept.push(span);
      left -= needed;
      continue;
    }
    if (left > 0) kept.push(clipSpan(span, left));
    break;
  }
  return kept;
}

function clipSpan(span: Span, room: number): Span {
  if (typeof span === 'string') return clipString(span, room);
  if ('code' in span) return { code: clipString(span.code, room) };
  if ('strong' in span) return { strong: clipString(span.strong, room) };
  // Half of an address leads nowhere.
  return ELLIPSIS;
}

function clipString(text: string, room: number): string {
  if (text.length <= room) return text;
  return room < 1 ? '' : wellFormed(text.slice(0, room - 1)) + ELLIPSIS;
}

/** Cutting may divide a character that takes two code units. */
function wellFormed(text: string): string {
  return text.replaceAll(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');
}

function blockCharacters(block: CardBlock): number {
  switch (block.type) {
    case 'text':
      return textCharacters(block.text) + 1;
    case 'quote':
      return block.text.length + 1;
    case 'rows':
      return sum(block.rows.map(rowCharacters));
    case 'progress':
      return textCharacters(block.label) + TIME_CHARACTERS;
    case 'log':
      return sum(block.lines.map((line) => line.length + 1));
    case 'picture':
      return block.description.length + 1;
  }
}

function rowCharacters(row: readonly Text[]): number {
  return sum(row.map((cell) => textCharacters(cell) + 2));
}

function textCharacters(text: Text): number {
  return sum(text.map(spanCharacters));
}

function spanCharacters(span: Span): number {
  if (typeof span === 'string') return span.length;
  if ('time' in span) return TIME_CHARACTERS;
  if ('mention' in span) return Math.max(TIME_CHARACTERS, span.name.length + 1);
  if ('link' in span) return span.text.length + span.link.length + LINK_FRAME;
  return 'code' in span ? span.code.length : span.strong.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
