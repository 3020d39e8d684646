import type { Problem } from '../../../core/errors.ts';
import type { CardAction } from '../../../core/ports/chat.ts';
import type { Suggestion } from '../../thread-view/views.ts';

/** A button for what was probably meant by a wrong id. */
export function suggestions(
  problems: readonly Problem[],
  actionFor: (id: string) => CardAction,
): Suggestion[] {
  return problems.flatMap(({ code, parameters }) => {
    const guess = code === 'input.id_unknown' ? parameters['nearest'] : undefined;
    return typeof guess === 'string' ? [{ text: guess, action: actionFor(guess) }] : [];
  });
}
