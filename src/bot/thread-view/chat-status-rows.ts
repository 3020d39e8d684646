import type { CardBlock, Text } from '../../core/ports/chat.ts';
import type { ChatStatusView } from '../../core/queue/queue-view.ts';
import { CHAT_NEXT_STEPS, CHAT_STATES } from '../wording/chat-status-words.ts';
import { line, paragraph, sentence } from './text.ts';

/** A line for each configured chat on a server, and what becomes of one that is away. */
export function chatBlocks(chats: readonly ChatStatusView[]): readonly CardBlock[] {
  return chats.map((chat) => paragraph(...chatLine(chat)));
}

/** Somebody should look at it. */
export function isChatBroken({ state }: ChatStatusView): boolean {
  return state === 'lost' || state === 'refused';
}

function chatLine({ chat, state, since, detail }: ChatStatusView): Text {
  const name = line({ strong: chat.replace(/^chat\./, '') }, ' ', CHAT_STATES[state]);
  if (state === 'connected' || state === 'unserved') return name;
  const when = since === undefined ? undefined : line(' since ', { time: since, style: 'clock' });
  if (state === 'connecting') return line(name, when);
  const why = detail === undefined ? '' : ` (${detail})`;
  return line(name, when, `${why}. `, sentence(CHAT_NEXT_STEPS[state]));
}
