/** So many words in a row are no accident: models and hosts print other sentences. */
const WORDS_IN_A_ROW = 4;
/** Writings that have no blanks between words: a log that cuts or wraps a text shows any part of it. */
const UNSPACED = ['Han', 'Hira', 'Kana', 'Thai', 'Laoo', 'Khmr', 'Mymr']
  .map((name) => `\\p{sc=${name}}`)
  .join('');
/** Letters and digits together, or one character of such a writing. */
const WORD = new RegExp(`[${UNSPACED}]|[[\\p{L}\\p{N}]--[${UNSPACED}]]+`, 'gv');
/** As JSON and Python write what is no plain letter. */
const ESCAPE = /\\(?:u(?<unit>[0-9a-f]{4})|x(?<byte>[0-9a-f]{2})|[abfnrtv])/giu;

/** Knows in which lines of a log that several runs share the words of each of them stand. */
export class ForeignTexts {
  /** Who says that, by its words. */
  readonly #sayers = new Map<string, Set<number>>();
  readonly #lengths = new Set<number>();

  /** What each run says to its model, by its place. */
  constructor(texts: readonly (readonly string[])[]) {
    for (const [item, own] of texts.entries()) {
      for (const text of own) this.#add(item, wordsOf(text));
    }
  }

  /**
   * For each row of words of a text that stands in that line the runs that say it; with `inPassing` a text that is shorter
   * than that counts for nothing.
   */
  sayersOf(line: string, { inPassing }: { readonly inPassing: boolean }): readonly ReadonlySet<number>[] {
    if (this.#sayers.size === 0) return [];
    const words = wordsOf(line);
    const found = new Set<ReadonlySet<number>>();
    for (const length of this.#lengths) {
      if (inPassing && length < WORDS_IN_A_ROW) continue;
      for (let from = 0; from + length <= words.length; from += 1) {
        const sayers = this.#sayers.get(words.slice(from, from + length).join(' '));
        if (sayers !== undefined) found.add(sayers);
      }
    }
    return [...found];
  }

  #add(item: number, words: readonly string[]): void {
    const length = Math.min(WORDS_IN_A_ROW, words.length);
    if (length === 0) return;
    this.#lengths.add(length);
    for (let from = 0; from + length <= words.length; from += 1) {
      const key = words.slice(from, from + length).join(' ');
      this.#sayers.set(key, (this.#sayers.get(key) ?? new Set()).add(item));
    }
  }
}

function wordsOf(text: string): readonly string[] {
  const plain = text.replace(ESCAPE, (...match) => {
    const groups: unknown = match.at(-1);
    const code = isGroups(groups) ? (groups.unit ?? groups.byte) : undefined;
    return code === undefined ? ' ' : String.fromCharCode(Number.parseInt(code, 16));
  });
  return plain.toLowerCase().match(WORD) ?? [];
}

function isGroups(value: unknown): value is { readonly unit?: string; readonly byte?: string } {
  return typeof value === 'object' && value !== null;
}
