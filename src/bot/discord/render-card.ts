import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIEmbed,
  ComponentType,
} from 'discord.js';
import type { Card, CardBlock } from '../../core/ports/chat.ts';
import { cardHash } from '../chat/card-hash.ts';
import { alignedRows, bar, logLine, splitRows } from '../chat/text-parts.ts';
import { clipCard } from '../thread-view/clip-card.ts';
import { toButton } from './action-codec.ts';
import { CARD_LIMITS, LIMITS } from './limits.ts';
import { fenced, inlineCode, mentionIn, quoted, toMarkdown } from './markdown.ts';
import { MARKS } from './marks.ts';
import { markUrl } from './message-mark.ts';

/** What a message consists of, as Discord takes it. */
export interface MessageBody {
  readonly content: string;
  readonly embeds: APIEmbed[];
  readonly components: APIActionRowComponent<APIButtonComponentWithCustomId>[];
  readonly allowed_mentions: { readonly parse: []; readonly users: string[] };
}

export interface RenderOptions {
  /** `shortHash` of the key that it is posted with. */
  readonly keyHash: string;
  /** The name of the attachment that is a picture on our disk; undefined where it is none. */
  readonly pictures?: (path: string) => string | undefined;
}

/** A title takes no more of a message, however long it is. */
const TITLE_CHARACTERS = 1_500;
/** So many pictures are shown side by side. */
const MAXIMUM_PICTURES = 4;
/** Where a card has nothing to show: Discord takes no embed without a text. */
const EMPTY = '\u200B';
/** Discord drops ordinary spaces at the end of inline code. */
const HARD_SPACE = '\u00A0';

/**
 * A card as Discord shows it, within its limits whatever is in the card: its title as the text of the message, which is
 * what a notification shows, everything else as an embed, and rows of buttons. Whoever is mentioned first is told of it.
 */
export function renderCard(card: Card, { keyHash, pictures = () => undefined }: RenderOptions): MessageBody {
  const clipped = clipCard(card, CARD_LIMITS);
  const mark = MARKS[clipped.mark];
  const title = [mark?.sign ?? '', toMarkdown(clipped.title, TITLE_CHARACTERS)].join(' ').trim();
  const body = description(clipped.blocks);
  const mentioned = firstMention(clipped);
  const call = mentioned === undefined ? '' : `<@${mentioned}>`;
  const url = markUrl({ hash: cardHash(card), keyHash });
  const [image, ...images] = pictureNames(clipped, pictures);
  const embed: APIEmbed = {
    url,
    description: body === '' ? title || EMPTY : body,
    ...(mark !== undefined && { color: mark.color }),
    ...(image !== undefined && { image: { url: `attachment://${image}` } }),
  };
  const heading = body === '' ? '' : title;
  return {
    content: heading.includes(call) ? heading : `${heading} ${call}`.trim(),
    // Embeds with one address are shown as one.
    embeds: [embed, ...images.map((name) => ({ url, image: { url: `attachment://${name}` } }))],
    components: rowsOf(buttonsOf(clipped)),
    allowed_mentions: { parse: [], users: mentioned === undefined ? [] : [mentioned] },
  };
}

/** The pictures of a card that are shown, by their paths. */
export function picturesOf(card: Card): readonly Extract<CardBlock, { type: 'picture' }>[] {
  const all = clipCard(card, CARD_LIMITS).blocks.filter((block) => block.type === 'picture');
  const byPath = new Map(all.map((block) => [block.path, block]));
  return [...byPath.values()].slice(0, MAXIMUM_PICTURES);
}

/** Everything but logs is placed first, so that what is cut is a log, from its front. */
function description(blocks: readonly CardBlock[]): string {
  let left: number = LIMITS.description;
  const place = (text: string): string => {
    if (text !== '') left -= text.length + 1;
    return text;
  };
  const placed = blocks.map((block) => (block.type === 'log' ? block : place(blockText(block, left))));
  const texts = placed.map((each) =>
    typeof each === 'string' ? each : place(fenced(each.lines.map(logLine), 'end', left)),
  );
  return texts.filter((text) => text !== '').join('\n');
}

function blockText(block: Exclude<CardBlock, { type: 'log' }>, room: number): string {
  if (room < 1) return '';
  switch (block.type) {
    case 'text':
      return toMarkdown(block.text, room).trim();
    case 'quote':
      return quoted(block.text, room);
    case 'rows':
      return rowsText(block.rows, room);
    case 'progress': {
      const drawn = inlineCode(bar(block.percent));
      if (drawn.length > room) return '';
      return `${drawn} ${toMarkdown(block.label, Math.max(0, room - drawn.length - 1))}`.trim();
    }
    case 'picture':
      return '';
  }
}

function rowsText(rows: Extract<CardBlock, { type: 'rows' }>['rows'], room: number): string {
  const aligned = alignedRows(rows);
  if (aligned !== undefined) return fenced(aligned, 'start', room);
  const written: string[] = [];
  let left = room;
  for (const { head, tail } of splitRows(rows)) {
    const fixed = head === '' ? '' : inlineCode(head).replaceAll(' ', HARD_SPACE);
    const cells = tail.map((cell) => toMarkdown(cell, LIMITS.description)).filter((cell) => cell !== '');
    const line = [fixed, ...cells].join(' ').trim();
    left -= line.length + 1;
    if (left < 0) break;
    if (line !== '') written.push(line);
  }
  return written.join('\n');
}

function firstMention({ title, blocks }: Card): string | undefined {
  const texts = [title, ...blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []))];
  for (const text of texts) {
    const mentioned = mentionIn(text);
    if (mentioned !== undefined) return mentioned;
  }
  return undefined;
}

function pictureNames(card: Card, pictures: (path: string) => string | undefined): readonly string[] {
  return [...new Set(picturesOf(card).flatMap(({ path }) => pictures(path) ?? []))];
}

function buttonsOf(card: Card): readonly APIButtonComponentWithCustomId[] {
  return card.actions.flatMap((action, index) => toButton(action, index) ?? []);
}

function rowsOf(buttons: readonly APIButtonComponentWithCustomId[]): MessageBody['components'] {
  const rows: MessageBody['components'] = [];
  for (let from = 0; from < buttons.length; from += LIMITS.rowButtons) {
    rows.push({
      type: ComponentType.ActionRow,
      components: buttons.slice(from, from + LIMITS.rowButtons),
    });
  }
  return rows;
}
