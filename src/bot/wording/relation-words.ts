import type { RunRelation } from '../../core/runs/run.ts';

/** How a run came from another one, before that one's id. */
export const RELATION_WORDS = {
  retry: 'again after',
  vary: 'varied from',
  upscale: 'upscaled from',
  promote: 'from draft',
  reproduce: 'reproduction of',
} as const satisfies Record<RunRelation, string>;
