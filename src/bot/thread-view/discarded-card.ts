import type { Card, CardAction } from '../../core/ports/chat.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import { action, facts, paragraph } from './text.ts';

/** What is left of a prompt's card once the prompt is discarded. */
export function discardedCard(prompt: Prompt): Card {
  return {
    mark: 'cancelled',
    title: facts({ strong: prompt.name }, prompt.id),
    blocks: [paragraph('Discarded: no listing shows it any more.')],
    actions: [undoDiscarding(prompt)],
  };
}

export function undoDiscarding(prompt: Prompt): CardAction {
  return action('restore', prompt.id, 'Undo');
}
