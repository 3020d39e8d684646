import type { Problem } from '../../core/errors.ts';
import type { FormResult } from '../../core/ports/chat-surfaces.ts';
import { explain } from '../wording/explain.ts';

/**
 * Each problem in the words of the command line, beside the field that it is about: `fieldOf` tells which; what is about
 * none stands beside `otherwise`.
 */
export function fieldProblems(
  problems: readonly Problem[],
  fieldOf: (problem: Problem) => string | undefined,
  otherwise: string,
): FormResult {
  const texts: Record<string, string> = {};
  for (const problem of problems) {
    const field = fieldOf(problem) ?? otherwise;
    const before = texts[field];
    texts[field] = before === undefined ? plainWords(problem) : `${before} ${plainWords(problem)}`;
  }
  return { ok: false, problems: texts };
}

/** Fields show plain text. */
function plainWords(problem: Problem): string {
  const { sentence, nextStep } = explain(problem);
  return `${sentence} ${nextStep}`.replaceAll('`', '').trim();
}
