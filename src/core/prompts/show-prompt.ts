import type { PromptId, ThreadId } from '../ids.ts';
import type { Store } from '../store/store.ts';

/** The duty of a thread to show a prompt. */
export function promptDeliveryKey(prompt: PromptId, thread: ThreadId): string {
  return `prompt:${prompt}:${thread}`;
}

/** What the threads of a prompt show of it has changed. */
export function showPromptAgain(store: Store, id: PromptId): void {
  for (const thread of store.threads.ofPrompt(id)) {
    store.deliveries.reopen(promptDeliveryKey(id, thread.id));
  }
}
