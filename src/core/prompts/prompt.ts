import type { PrincipalId, PromptId, RunId, Sha256 } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { MediaFacts, MediaKind } from '../ports/media.ts';
import type { PictureChange } from '../sequences/picture-changes.ts';

/** What each role of an input file may hold. `color` is also known as `video`. */
export const ROLES = {
  color: 'video',
  depth: 'video',
  seg: 'video',
  edge: 'video',
  vis: 'video',
  /** World scenario map: what driving models draw of a street. */
  wsm: 'video',
  mask: 'video',
  audio: 'audio',
  image: 'image',
  /** Further pictures, of whatever else is seen. */
  image2: 'image',
  image3: 'image',
} as const satisfies Record<string, MediaKind>;

export type Role = keyof typeof ROLES;

/** One stored file: named by its content, stored once. */
export interface Asset {
  readonly sha256: Sha256;
  readonly bytes: number;
  readonly facts: MediaFacts;
  /** Extension of the first name it came with, lower case, without dot. */
  readonly extension: string;
}

export interface PromptInput {
  readonly role: Role;
  readonly asset: Asset;
  /** The name that the person's file had; for display only, never part of a path. */
  readonly originalName: string;
  /** What it does not keep of the pictures that it was made of; absent where that is nothing. */
  readonly changes?: readonly PictureChange[];
}

/** A file that somebody has sent for a prompt and that it does not use: another one has its role. */
export interface OfferedFile {
  readonly asset: Asset;
  readonly originalName: string;
  readonly changes?: readonly PictureChange[];
}

export interface Prompt {
  readonly id: PromptId;
  /** Readable and unique: at most three words of the text, joined by `_`. */
  readonly name: string;
  readonly owner: PrincipalId;
  readonly text: string;
  readonly negativeText: string;
  readonly inputs: readonly PromptInput[];
  /** Names of files that came with its first ones and cannot be an input; for display only. */
  readonly leftOut?: readonly string[];
  readonly createdAt: UtcMs;
  /** Whose better text it has, and which run found that. */
  readonly parent?: { readonly prompt: PromptId; readonly run: RunId };
}
