import { splitWords } from '../commands/parse-words.ts';

/** Whether a quotation mark was never closed: the next line belongs to this one, as in a shell. */
export function hasOpenQuote(text: string): boolean {
  const split = splitWords(text);
  return !split.ok && split.problems.some(({ code }) => code === 'input.quote_unbalanced');
}
