import type { Card, CardAction, Inbound } from '../../core/ports/chat.ts';
import { splitWords } from '../commands/parse-words.ts';
import { OPEN_AGAIN } from '../wording/suggestion-words.ts';
import { problemCard } from './answer-card.ts';
import { action } from './text.ts';

/** Somebody asked for a form, and it could not be shown in time: the same once more is a button. */
export function lateFormCard(event: Extract<Inbound, { kind: 'command' | 'click' }>): Card {
  const again = event.kind === 'click' ? event : typed(event.text);
  const actions: readonly CardAction[] =
    again === undefined ? [] : [action(again.verb, again.target, OPEN_AGAIN, { arguments: again.arguments })];
  return { ...problemCard([{ code: 'chat.form_late', parameters: {} }]), actions };
}

/** What was typed, as a button carries it. */
function typed(text: string): Required<Pick<CardAction, 'verb' | 'target' | 'arguments'>> | undefined {
  const split = splitWords(text);
  const [verb, target = '', ...rest] = split.ok ? split.value.map((word) => word.text) : [];
  return verb === undefined ? undefined : { verb, target, arguments: rest };
}
