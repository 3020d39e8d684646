import type { DeclaredOutput } from '../models/profile.ts';

type Source = NonNullable<DeclaredOutput['from_log']>;

/** More is no text that somebody asked a model for, characters; what is cut here is too long for a prompt by far. */
const MOST_CHARACTERS = 65_536;

/** A text that a model prints: the last one that the log has, with the lines that belong to it. */
export class LogText {
  readonly path: string;
  readonly #begins: RegExp;
  readonly #ends: RegExp | undefined;
  #lines: string[] = [];
  #characters = 0;
  #isOpen = false;

  constructor(path: string, { begins, ends }: Source) {
    this.path = path;
    this.#begins = new RegExp(begins);
    this.#ends = ends === undefined ? undefined : new RegExp(ends);
  }

  read(line: string): void {
    const found = this.#begins.exec(line)?.groups?.['text'];
    if (found !== undefined) {
      this.#lines = [found];
      this.#characters = found.length;
      this.#isOpen = this.#ends !== undefined;
    } else if (this.#isOpen) {
      this.#isOpen = this.#ends?.test(line) === false && this.#characters < MOST_CHARACTERS;
      if (!this.#isOpen) return;
      this.#lines.push(line);
      this.#characters += line.length + 1;
    }
  }

  /** As it would be if the log ended with this line; empty where there is none. */
  textWith(line: string): string {
    const begun = this.#begins.exec(line)?.groups?.['text'];
    if (begun !== undefined) return begun.trim();
    const isMore = this.#isOpen && this.#ends?.test(line) === false;
    return [...this.#lines, ...(isMore ? [line] : [])].join('\n').trim();
  }
}
