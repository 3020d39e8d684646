import type { RichTextElement } from '@slack/types';

/** What the JSON around a text or an element takes, at most: the element that holds it included. */
const FRAME = 120;
/** Less than this of a text says nothing. */
const SHORTEST = 16;
const ELLIPSIS = '…';

/** How many characters the blocks of a message may still take, all of their JSON counted. */
export class BlockBudget {
  #left: number;
  readonly #parent: BlockBudget | undefined;

  constructor(characters: number, parent?: BlockBudget) {
    this.#left = characters;
    this.#parent = parent;
  }

  /** A part of it, for what must not take all. */
  within(characters: number): BlockBudget {
    return new BlockBudget(Math.min(characters, this.#left), this);
  }

  spend(characters: number): void {
    this.#left -= characters;
    this.#parent?.spend(characters);
  }

  /** Spends the block where there is room for it. */
  takes(block: object): boolean {
    const characters = JSON.stringify(block).length + FRAME;
    if (characters > this.#left) return false;
    this.spend(characters);
    return true;
  }

  /** As many of the elements as there is room for, the last one shortened; with a sign where something is missing. */
  elements(elements: readonly RichTextElement[]): RichTextElement[] {
    const kept: RichTextElement[] = [];
    if (this.#left < 2 * FRAME) return kept;
    this.spend(FRAME);
    for (const element of elements) {
      const characters = JSON.stringify(element).length + 1;
      if (characters + FRAME <= this.#left) {
        this.spend(characters);
        kept.push(element);
        continue;
      }
      const text = element.type === 'text' ? this.#cut(element.text, 'start') : '';
      kept.push(
        text === '' || element.type !== 'text' ? { type: 'text', text: ELLIPSIS } : { ...element, text },
      );
      this.spend(text.length + FRAME);
      break;
    }
    return kept;
  }

  /** As much of the text as there is room for, its beginning or its end; empty where there is none. */
  text(text: string, keep: 'start' | 'end'): string {
    const kept = this.#cut(text, keep);
    if (kept !== '') this.spend(JSON.stringify(kept).length + FRAME);
    return kept;
  }

  #cut(text: string, keep: 'start' | 'end'): string {
    const room = this.#left - FRAME;
    if (JSON.stringify(text).length <= room) return text;
    if (room < SHORTEST) return '';
    // Quotes and line breaks take two characters in JSON: half is sure to fit.
    const length = Math.min(text.length, Math.floor(room / 2) - 2);
    const part = keep === 'start' ? text.slice(0, length) : text.slice(-length);
    const whole = part.toWellFormed().replaceAll(/^\uFFFD|\uFFFD$/g, '');
    return keep === 'start' ? whole + ELLIPSIS : ELLIPSIS + whole;
  }
}
