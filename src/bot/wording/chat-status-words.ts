import type { ChatStatusView } from '../../core/queue/queue-view.ts';

/** How a chat stands. */
export const CHAT_STATES: Readonly<Record<ChatStatusView['state'], string>> = {
  connected: '● connected',
  connecting: '○ is being connected',
  lost: '○ connection lost',
  refused: '○ refuses the bot',
  unserved: '○ not connected: no bot is running that serves it',
};

/** What becomes of a chat that is away. */
export const CHAT_NEXT_STEPS = {
  lost: 'I keep trying; commands and clicks there fail until it is back.',
  refused: 'Once that is mended, start the bot again where it does not come back by itself.',
} as const;
