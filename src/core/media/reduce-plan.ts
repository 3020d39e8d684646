import type { ReducePlan, VideoFacts } from '../ports/media.ts';

/** How large a video may be at most, in pixels and frames. */
export interface ReduceBounds {
  readonly longSide?: number;
  readonly shortSide?: number;
  readonly frames?: number;
}

/** Encoders halve the colour planes. */
const SMALLEST_SIDE = 2;

/** How to bring a video within bounds; undefined where it is within them. */
export function reducePlan(facts: VideoFacts, bounds: ReduceBounds): ReducePlan | undefined {
  const { longSide = Infinity, shortSide = Infinity, frames: most = Infinity } = bounds;
  const { width, height, fps, frames } = facts;
  const scale = Math.min(1, longSide / Math.max(width, height), shortSide / Math.min(width, height));
  if (scale === 1 && frames <= most) return undefined;
  return { width: even(width * scale), height: even(height * scale), fps, frames: Math.min(frames, most) };
}

/** Never above what was asked for. */
function even(pixels: number): number {
  return Math.max(SMALLEST_SIDE, 2 * Math.floor(pixels / 2 + 1e-9));
}
