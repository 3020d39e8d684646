import type { Store } from '../store/store.ts';
import type { ChatStatusView } from './queue-view.ts';

/** How the configured chats stand, as they were told last; what was told before counts for nothing while nobody serves them. */
export function chatViews(
  chats: readonly string[],
  isServed: () => boolean,
  store: Store,
): readonly ChatStatusView[] {
  if (chats.length === 0) return [];
  const served = isServed();
  return chats.map((chat) => {
    const known = served ? store.chatConnections.get(chat) : undefined;
    return known === undefined ? { chat, state: 'unserved' } : { chat, ...known };
  });
}
