import type { Sha256 } from '../ids.ts';

/** What is known of a file that was written while its bytes were hashed. */
export interface HashedFile {
  readonly sha256: Sha256;
  readonly bytes: number;
}
