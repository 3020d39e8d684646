import type { ReducePlan, VideoFacts } from '../ports/media.ts';

/** How large a video may be at most, in pixels and frames, and how fast it is to be. */
export interface ReduceBounds {
  readonly longSide?: number;
  readonly shortSide?: number;
  /** Width × height. */
  readonly pixels?: number;
  readonly frames?: number;
  /** Exactly. */
  readonly fps?: number;
}

/** Encoders halve the colour planes. */
const SMALLEST_SIDE = 2;
/** Rates that differ by less are the same, written differently. */
const SAME_RATE = 0.01;

/** How to bring a video within bounds; undefined where it is within them. */
export function reducePlan(facts: VideoFacts, bounds: ReduceBounds): ReducePlan | undefined {
  const { frames: most = Infinity } = bounds;
  const isSlow = bounds.fps === undefined || Math.abs(bounds.fps - facts.fps) < SAME_RATE;
  return scaleOf(facts, bounds) === 1 && facts.frames <= most && isSlow ? undefined : copyPlan(facts, bounds);
}

/** How to make a copy of a video that is within bounds, whether or not it is. */
export function copyPlan(facts: VideoFacts, bounds: ReduceBounds): ReducePlan {
  const scale = scaleOf(facts, bounds);
  const { width, height, frames: all } = facts;
  const { frames: most = Infinity, fps = facts.fps } = bounds;
  const isOther = Math.abs(fps - facts.fps) >= SAME_RATE;
  const frames = isOther ? Math.max(1, Math.round((all * fps) / facts.fps)) : all;
  return {
    ...{ width: even(width * scale), height: even(height * scale), frames: Math.min(frames, most) },
    ...(isOther ? { fps, sourceFps: facts.fps } : { fps: facts.fps }),
  };
}

function scaleOf({ width, height }: VideoFacts, bounds: ReduceBounds): number {
  const { longSide = Infinity, shortSide = Infinity, pixels = Infinity } = bounds;
  return Math.min(
    1,
    longSide / Math.max(width, height),
    shortSide / Math.min(width, height),
    Math.sqrt(pixels / (width * height)),
  );
}

/** Never above what was asked for. */
function even(pixels: number): number {
  return Math.max(SMALLEST_SIDE, 2 * Math.floor(pixels / 2 + 1e-9));
}
