import { createHash } from 'node:crypto';
import type { Card } from '../../core/ports/chat.ts';

/** Names the content of a card: equal cards have equal hashes. */
export function cardHash(card: Card): string {
  return shortHash(JSON.stringify(card));
}

/** A safe file name for any text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
