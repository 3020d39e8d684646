import type { RunRelation } from '../../core/runs/run.ts';

/** How a run came from another one, before that one's id. */
export const RELATION_WORDS = {
  retry: 'again after',
  vary: 'variation of',
  upscale: 'upscaled from',
  promote: 'promoted from',
  reproduce: 'reproduction of',
} as const satisfies Record<RunRelation, string>;
