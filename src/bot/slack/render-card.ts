import type { ActionsBlock, Button, ImageBlock, RichTextBlock, RichTextElement } from '@slack/types';
import type { Card } from '../../core/ports/chat.ts';
import { clean, clip, toPlain } from '../chat/clean-text.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import { toButton } from './action-codec.ts';
import { BlockBudget } from './block-budget.ts';
import { CARD_LIMITS, LIMITS } from './limits.ts';
import { MARKS } from './marks.ts';
import { type BodyPart, bodyParts, type PictureLookup } from './render-body.ts';
import { escapeMarkup, toElements, toMarkup } from './spans.ts';

/** All blocks that a card consists of. */
export type CardBlocks = RichTextBlock | ImageBlock | ActionsBlock;

export interface RenderedCard {
  /** For notifications and for screens without blocks; at most `LIMITS.text` characters, never empty. */
  readonly text: string;
  readonly blocks: CardBlocks[];
}

export interface RenderOptions {
  /** What the ids of the blocks begin with; at most 200 characters. */
  readonly blockIds: string;
  /** Pictures that Slack does not have are left out. */
  readonly pictures?: PictureLookup;
}

/** What title and buttons may take of all blocks: there is always room for both. */
const TITLE_CHARACTERS = 3_000;
const BUTTON_CHARACTERS = 4_500;
const MAXIMUM_PICTURES = 5;
const EMPTY = '…';

/**
 * A card in Slack's blocks, within all of Slack's limits whatever the card holds: title, mark and the first actions
 * always stay. It is rich text, in which nothing is markup, so that no text of people or machines needs escaping.
 */
export function renderCard(
  card: Card,
  { blockIds, pictures = () => undefined }: RenderOptions,
): RenderedCard {
  const clipped = clipCard(card, CARD_LIMITS);
  const budget = new BlockBudget(LIMITS.allBlocks);
  const title = budget.within(TITLE_CHARACTERS).elements(titleElements(clipped));
  const buttons = fittingButtons(clipped);
  budget.spend(JSON.stringify(buttons).length);
  const body = clipped.blocks.flatMap((block) => bodyParts(block, pictures));
  const blocks: CardBlocks[] = [
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: title }] },
    ...bodyBlocks(body, budget),
    ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: buttons }]),
  ];
  return {
    text: fallbackText(clipped),
    blocks: blocks.map((block, index) => ({ ...block, block_id: `${blockIds}${index}` })),
  };
}

function titleElements(card: Card): RichTextElement[] {
  const mark = MARKS[card.mark];
  const title = toElements(card.title);
  const shown = title.length === 0 ? [{ type: 'text' as const, text: EMPTY }] : title;
  return mark === undefined
    ? shown
    : [{ type: 'emoji', name: mark.emoji }, { type: 'text', text: ' ' }, ...shown];
}

function fittingButtons(card: Card): Button[] {
  const buttons: Button[] = [];
  let left = BUTTON_CHARACTERS;
  for (const [index, action] of card.actions.entries()) {
    const button = toButton(action, index);
    if (button === undefined) continue;
    left -= JSON.stringify(button).length;
    if (left < 0) break;
    buttons.push(button);
  }
  return buttons;
}

/** Rich text up to the next picture is one block. */
function bodyBlocks(parts: readonly BodyPart[], budget: BlockBudget): readonly CardBlocks[] {
  const blocks: CardBlocks[] = [];
  let pictures = 0;
  for (const part of parts) {
    if (part.kind === 'picture') {
      pictures += 1;
      const image = pictureBlock(part);
      if (pictures <= MAXIMUM_PICTURES && budget.takes(image)) blocks.push(image);
      continue;
    }
    const last = blocks.at(-1);
    const text: RichTextBlock = last?.type === 'rich_text' ? last : { type: 'rich_text', elements: [] };
    addPart(text, part, budget);
    if (text !== last && text.elements.length > 0) blocks.push(text);
  }
  return blocks;
}

function addPart(
  block: RichTextBlock,
  part: Exclude<BodyPart, { kind: 'picture' }>,
  budget: BlockBudget,
): void {
  switch (part.kind) {
    case 'line': {
      const before = block.elements.at(-1);
      const elements = budget.elements(part.elements);
      if (elements.length === 0) return;
      if (before?.type === 'rich_text_section')
        before.elements.push({ type: 'text', text: '\n' }, ...elements);
      else block.elements.push({ type: 'rich_text_section', elements });
      return;
    }
    case 'quote': {
      const text = budget.within(LIMITS.blockText).text(part.text, 'start');
      if (text !== '') block.elements.push({ type: 'rich_text_quote', elements: [{ type: 'text', text }] });
      return;
    }
    case 'preformatted': {
      const text = budget.within(LIMITS.blockText).text(part.text, part.keep);
      if (text === '') return;
      block.elements.push({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] });
    }
  }
}

function pictureBlock({ file, description }: Extract<BodyPart, { kind: 'picture' }>): ImageBlock {
  const alt = clip(description.trim() === '' ? EMPTY : description, LIMITS.altText);
  return { type: 'image', slack_file: { id: file }, alt_text: alt };
}

/** Title, texts and quotes; a notification needs neither logs nor tables. */
function fallbackText(card: Card): string {
  const sign = MARKS[card.mark]?.sign ?? '';
  const markup = toMarkup(card.title);
  const title =
    markup.length <= TITLE_CHARACTERS
      ? markup
      : escapeMarkup(clip(toPlain(card.title), TITLE_CHARACTERS / 6));
  const lines = card.blocks.flatMap((block): readonly string[] => {
    switch (block.type) {
      case 'text':
        return [toMarkup(block.text)];
      case 'progress':
        return [toMarkup(block.label)];
      case 'quote':
        return [`> ${escapeMarkup(clean(block.text))}`];
      default:
        return [];
    }
  });
  const kept: string[] = [];
  let left = LIMITS.text;
  // Only whole lines: a sequence of the markup that is cut in two is none.
  for (const line of [`${sign} ${title}`.trim(), ...lines]) {
    left -= line.length + 1;
    if (left < 0) break;
    if (line !== '') kept.push(line);
  }
  return kept.length === 0 ? sign || EMPTY : kept.join('\n');
}
