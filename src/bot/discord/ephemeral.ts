import { MessageFlags } from 'discord.js';
import { type Problem, toCosmosError } from '../../core/errors.ts';
import { sentence } from '../thread-view/text.ts';
import { explain } from '../wording/explain.ts';
import { LIMITS } from './limits.ts';
import { toMarkdown } from './markdown.ts';

/** What a first response shows to one person alone. */
export interface Ephemeral {
  readonly content: string;
  readonly flags: MessageFlags.Ephemeral;
  readonly allowed_mentions: { readonly parse: [] };
}

/** Words for one person alone, with a list under them as far as there is room; what stands between backquotes is code. */
export function ephemeral(text: string, items: readonly string[] = []): Ephemeral {
  let content = toMarkdown(sentence(text), LIMITS.content);
  for (const item of items) {
    const start = '\n- ';
    const room = LIMITS.content - content.length - start.length;
    const words = toMarkdown(sentence(item), Math.max(0, room)).trim();
    if (words !== '') content += start + words;
  }
  return { content, flags: MessageFlags.Ephemeral, allowed_mentions: { parse: [] } };
}

/** What somebody is told of a failure: a sentence and the next step. */
export function wordsOf(error: unknown): string {
  return wordsOfProblem(toCosmosError(error).toProblem());
}

export function wordsOfProblem(problem: Problem): string {
  const { sentence: what, nextStep } = explain(problem);
  return [what, nextStep].filter((each) => each !== undefined && each !== '').join(' ');
}
