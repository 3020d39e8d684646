import type { Checked, Problem } from '../../../core/errors.ts';
import { normalised } from '../../../core/pick.ts';
import type { CardAction } from '../../../core/ports/chat.ts';
import { action } from '../../thread-view/text.ts';
import { SUGGESTION_WORDS, type SuggestedVerb } from '../../wording/suggestion-words.ts';
import type { ParsedCommand } from '../arguments.ts';
import { type CommandResult, refused } from '../command-context.ts';

type Found<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: CommandResult };

/**
 * What was found; else the refusal, with a button that does `verb` to what was probably meant, and with all the other
 * words of `command` where that is its verb.
 */
export function foundOrSuggested<T>(
  found: Checked<T>,
  verb: SuggestedVerb,
  command?: ParsedCommand,
): Found<T> {
  if (found.ok) return found;
  return { ok: false, refusal: refused(found.problems, suggestions(found.problems, verb, command)) };
}

/** A button for what was probably meant by a wrong id. */
export function suggestions(
  problems: readonly Problem[],
  verb: SuggestedVerb,
  command?: ParsedCommand,
): CardAction[] {
  return problems.flatMap(({ code, parameters }) => {
    const guess = code === 'input.id_unknown' ? parameters['nearest'] : undefined;
    if (typeof guess !== 'string') return [];
    if (command?.verb !== verb) return [action(verb, guess, SUGGESTION_WORDS[verb])];
    const [target = guess, ...rest] = wordsOf(command, (word) =>
      normalised(word) === parameters['given'] ? guess : word,
    );
    return [action(verb, target, SUGGESTION_WORDS[verb], rest.length === 0 ? {} : { arguments: rest })];
  });
}

/** The words of a command after its verb, ids first, as a shell or a click would give them. */
function wordsOf(command: ParsedCommand, idOf: (word: string) => string): readonly string[] {
  const options = Object.entries(command.options).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`,
  );
  return [
    ...[...Object.values(command.arguments), ...command.rest].map(idOf),
    ...command.assignments.map(({ name, value }) => `${name}=${value}`),
    ...options,
  ];
}
