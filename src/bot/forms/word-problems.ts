import type { Problem } from '../../core/errors.ts';
import { parseWords } from '../commands/parse.ts';
import { COMMANDS } from '../commands/registry.ts';

/** What is wrong with the words of a command, before anything is looked up. */
export function wordProblems(words: readonly string[]): readonly Problem[] {
  const parsed = parseWords(words, COMMANDS);
  return parsed.ok ? [] : parsed.problems;
}
