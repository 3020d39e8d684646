import type { StoredFile } from '../../core/ports/media.ts';

/** The SHA-256 of a file that is still being written, computed meanwhile. */
export interface GrowingHash {
  /** So many bytes from its beginning are there. */
  grow(bytes: number): void;
  /** What the whole file is, once all of it was told; undefined where this could not be followed to the end. */
  finish(): Promise<StoredFile | undefined>;
  /** Gives up, also after the end; safe to repeat. */
  stop(): void;
}
