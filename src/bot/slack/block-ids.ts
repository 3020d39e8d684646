import { shortHash } from '../chat/card-hash.ts';

/** What the blocks of a message say of it, wherever it is found. */
export interface MessageMark {
  /** `cardHash` of the card that the blocks show. */
  readonly hash: string;
  /** `shortHash` of the key that it was posted with; absent after an edit, which knows no key. */
  readonly keyHash?: string;
}

const BLOCK_ID = /^cosmos:([0-9a-f]{32}):([0-9a-f]{32}|-):/;

/**
 * The beginning of all block ids of one message. It comes and goes with the blocks themselves, so that what is read back
 * is what is shown; `nonce` makes it new with each update, as Slack wants it.
 */
export function blockIdPrefix({ hash, key, nonce }: { hash: string; key?: string; nonce: string }): string {
  return `cosmos:${hash}:${key === undefined ? '-' : shortHash(key)}:${nonce}:`;
}

/** Reads it from the id of any block of a message; undefined for a message that is not ours. */
export function markOf(blockId: string | undefined): MessageMark | undefined {
  const [, hash, keyHash] = BLOCK_ID.exec(blockId ?? '') ?? [];
  if (hash === undefined || keyHash === undefined) return undefined;
  return keyHash === '-' ? { hash } : { hash, keyHash };
}
