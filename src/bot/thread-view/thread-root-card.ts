import type { Card } from '../../core/ports/chat.ts';
import { THREAD_ROOT } from '../wording/answers.ts';
import { paragraph } from './text.ts';

/** The message of ours on which a thread hangs, where nobody else has written one: it stays as it is. */
export function threadRootCard(title: string): Card {
  return { mark: 'none', title: [{ strong: title }], blocks: [paragraph(THREAD_ROOT)], actions: [] };
}
