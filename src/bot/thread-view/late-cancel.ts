import type { Card } from '../../core/ports/chat.ts';
import type { Run, RunState } from '../../core/runs/run.ts';
import { CANCELLED_TOO_LATE } from '../wording/answers.ts';
import { paragraph, person } from './text.ts';

/** Ends of a run by itself: before the others somebody has stopped it, or nobody knows what became of it. */
const BY_ITSELF: ReadonlySet<RunState> = new Set<RunState>(['done', 'failed', 'blocked']);

/** The card of a run that somebody has cancelled and that ended by itself says so; others stay as they are. */
export function withLateCancel(card: Card, { cancel, state }: Run): Card {
  if (cancel === undefined || !BY_ITSELF.has(state)) return card;
  return { ...card, blocks: [...card.blocks, paragraph(person(cancel.byName), CANCELLED_TOO_LATE)] };
}
