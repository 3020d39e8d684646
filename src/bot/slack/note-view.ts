import type { View } from '@slack/types';

/** A modal that says something, and asks for nothing. */
export function noteView(text: string): View {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Not done' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [{ type: 'section', text: { type: 'plain_text', text } }],
  };
}
