import type { Card, CardBlock, Span, Text } from '../../core/ports/chat.ts';

/** A path of the operator, and the short word that stands for it. */
export interface KnownPath {
  readonly path: string;
  readonly word: string;
}

/** The way to the attempts and assets of a host, whose folder is known to that host alone where it is in a home. */
const WORK_FOLDER =
  /(?<![\w.~-])\/(?:[^\s'"`,:;()[\]<>|]{1,512}\/)?(?=attempts\/[a-z]{2}_[0-9a-z]{8}-a\d|assets\/[0-9a-f]{64})/g;
const WORK_WORD = 'work_dir';

/**
 * Puts short words in place of the operator's paths in what a chat shows: what models and hosts print is full of them.
 * What people have written themselves stays as it is.
 */
export class PathMask {
  readonly #isOn: boolean;
  readonly #words: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | undefined;

  /** `undefined`: whoever reads it sits at the bot's machine, and nothing is changed. */
  constructor(known: readonly KnownPath[] | undefined) {
    // The root is a part of every path, and tells nothing.
    const paths = (known ?? [])
      .map(({ path, word }) => ({ path: path.replace(/\/+$/, ''), word }))
      .filter(({ path }) => path.startsWith('/') && path !== '');
    this.#isOn = known !== undefined;
    this.#words = new Map(paths.map(({ path, word }) => [path, word]));
    const alternatives = [...this.#words.keys()].sort((one, other) => other.length - one.length);
    this.#pattern =
      alternatives.length === 0
        ? undefined
        : new RegExp(
            `(?<![\\w.~-])(?:${alternatives.map((path) => escaped(path)).join('|')})(?![\\w-]|\\.\\w)`,
            'g',
          );
  }

  readonly text = (text: string): string => {
    if (!this.#isOn || !text.includes('/')) return text;
    const known =
      this.#pattern === undefined ? text : text.replace(this.#pattern, (path) => this.#words.get(path) ?? '');
    return known.replace(WORK_FOLDER, `${WORK_WORD}/`);
  };

  card(card: Card): Card {
    if (!this.#isOn) return card;
    return { ...card, title: this.#line(card.title), blocks: card.blocks.map((block) => this.#block(block)) };
  }

  #block(block: CardBlock): CardBlock {
    switch (block.type) {
      case 'text':
        return { ...block, text: this.#line(block.text) };
      case 'rows':
        return { ...block, rows: block.rows.map((row) => row.map((cell) => this.#line(cell))) };
      case 'progress':
        return { ...block, label: this.#line(block.label) };
      case 'log':
        return { ...block, lines: block.lines.map(this.text) };
      // Somebody's own words, and a file that is uploaded.
      case 'quote':
      case 'picture':
        return block;
    }
  }

  #line(text: Text): Text {
    return text.map((span) => this.#span(span));
  }

  #span(span: Span): Span {
    if (typeof span === 'string') return this.text(span);
    if ('code' in span) return { ...span, code: this.text(span.code) };
    if ('strong' in span) return { ...span, strong: this.text(span.strong) };
    return span;
  }
}

function escaped(path: string): string {
  return path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
