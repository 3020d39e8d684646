import type { Card } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { CANCELLED_TOO_LATE } from '../wording/answers.ts';
import { paragraph, person } from './text.ts';

/** The card of the end of a run that somebody has cancelled and that ended otherwise says so; others stay as they are. */
export function withLateCancel(card: Card, { cancel, state }: Run): Card {
  if (cancel === undefined || state === 'cancelled') return card;
  return { ...card, blocks: [...card.blocks, paragraph(person(cancel.byName), CANCELLED_TOO_LATE)] };
}
