import { type Checked, invalid, valid } from '../../core/errors.ts';

/** One word as typed; `quoted` where it began with a quotation mark, so that it is never taken for an option. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** What closes each opening mark; phones and word processors type the curved ones. */
const CLOSING_MARKS: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“”'],
  ['‘', '’'],
]);

/** A backslash escapes only these, so that `C:\clips\a.mp4` stays what it is. */
const ESCAPABLE = /[\s"'“”„‘’\\]/;
const WHITESPACE = /\s/;

/**
 * Divides a line at its spaces. A quotation mark opens only at the beginning of a word, after `=`, or after another
 * closing mark, so that `it's` needs no care. Single marks take everything literally. Fails with
 * `input.quote_unbalanced` and `input.text_nul`.
 */
export function splitWords(line: string): Checked<readonly Word[]> {
  if (line.includes('\0')) return invalid('input.text_nul');
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (WHITESPACE.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const read = readWord(line, at);
    if (!read.ok) return read;
    words.push(read.value.word);
    at = read.value.end;
  }
  return valid(words);
}

/** How the bot is called before a verb: by its command, by a mention, and in a shell. */
const CALLS = new Set(['/cosmos', '@cosmos', 'cosmos']);

/** The words of a command without what the bot is called by before them, wherever it was copied from. */
export function withoutCall(words: readonly Word[]): readonly Word[] {
  const at = words[0]?.text === 'npx' ? 1 : 0;
  return CALLS.has(words[at]?.text ?? '') ? words.slice(at + 1) : words;
}

/** Writes a word so that `splitWords` gives it back: bare where that is safe, else in double quotes. */
export function quoteWord(word: string): string {
  if (/^[\p{L}\p{N}_./:@%+][\p{L}\p{N}_./:@%+=,-]*$/u.test(word)) return word;
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** The same for a word that may be an option, which quotation marks would make a text: `--model="a b"`. */
export function quoteOption(word: string): string {
  const [, name, value] = /^(--[a-z][a-z0-9-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  if (name === undefined) return quoteWord(word);
  return value === undefined ? name : `${name}=${value === '' ? '' : quoteWord(value)}`;
}

/** Writes a word so that a shell gives it back: bare where that is safe, else in single quotes. */
export function quoteForShell(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function readWord(line: string, start: number): Checked<{ readonly word: Word; readonly end: number }> {
  let text = '';
  let mayOpen = true;
  let at = start;
  while (at < line.length && !WHITESPACE.test(line.charAt(at))) {
    const character = line.charAt(at);
    const closing = CLOSING_MARKS.get(character);
    if (mayOpen && closing !== undefined) {
      const inner = readQuoted(line, at + 1, closing);
      if (inner === undefined) return invalid('input.quote_unbalanced', { rest: line.slice(at) });
      text += inner.text;
      at = inner.end;
      continue;
    }
    if (character === '\\' && ESCAPABLE.test(line.charAt(at + 1))) {
      text += line.charAt(at + 1);
      at += 2;
      mayOpen = false;
      continue;
    }
    text += character;
    at += 1;
    mayOpen = character === '=';
  }
  return valid({ word: { text, quoted: CLOSING_MARKS.has(line.charAt(start)) }, end: at });
}

function readQuoted(
  line: string,
  start: number,
  closing: string,
): { readonly text: string; readonly end: number } | undefined {
  const literal = closing === "'" || closing === '’';
  let text = '';
  let at = start;
  while (at < line.length) {
    const character = line.charAt(at);
    if (closing.includes(character)) return { text, end: at + 1 };
    const escaped = !literal && character === '\\' && ESCAPABLE.test(line.charAt(at + 1));
    text += escaped ? line.charAt(at + 1) : character;
    at += escaped ? 2 : 1;
  }
  return undefined;
}
