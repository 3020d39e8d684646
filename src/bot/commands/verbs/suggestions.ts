import type { Checked, Problem } from '../../../core/errors.ts';
import type { CardAction } from '../../../core/ports/chat.ts';
import { action } from '../../thread-view/text.ts';
import { SUGGESTION_WORDS, type SuggestedVerb } from '../../wording/suggestion-words.ts';
import { type CommandResult, refused } from '../command-context.ts';

type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: CommandResult };

/** What was found; else the refusal, with a button that does `verb` to what was probably meant. */
export function foundOrSuggested<T>(found: Checked<T>, verb: SuggestedVerb): Found<T> {
  if (found.ok) return found;
  return { ok: false, refusal: refused(found.problems, suggestions(found.problems, verb)) };
}

/** A button for what was probably meant by a wrong id. */
export function suggestions(problems: readonly Problem[], verb: SuggestedVerb): CardAction[] {
  return problems.flatMap(({ code, parameters }) => {
    const guess = code === 'input.id_unknown' ? parameters['nearest'] : undefined;
    if (typeof guess !== 'string') return [];
    return [action(verb, guess, SUGGESTION_WORDS[verb])];
  });
}
