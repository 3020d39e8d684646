import type { VideoFacts } from '../ports/media.ts';

/** A copy that is smaller than a limit, as the media tool makes it. */
export interface ProxyPlan {
  /** Even, in pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Of the pictures, at most. */
  readonly maxBitsPerSecond: number;
  readonly keepsSound: boolean;
}

/** A proxy stays below a limit by this part of it: platforms count more than the file. */
export const PROXY_MARGIN = 0.03;
/** Parts of the limit that are aimed at, one after the other, until the result is below it. */
const AIMS = [0.93, 0.8, 0.65];
/** Sound is copied as it is; what models and cameras write takes no more. */
const SOUND_BITS_PER_SECOND = 200_000;
/**
 * Bits for each pixel of each frame. H.264 of moving pictures begins to show blocks below about 0.05; where there are
 * fewer, fewer pixels look better. Below the least there is nothing to look at however small it is.
 */
const GOOD_BITS_PER_PIXEL = 0.06;
const LEAST_BITS_PER_PIXEL = 0.03;
/** A picture with a shorter long side says nothing of a video. */
const LEAST_SIDE = 320;

/** Ways to bring a video below `maxBytes`, the best first; none where it would not look good any more. */
export function proxyPlans(facts: VideoFacts, maxBytes: number): readonly ProxyPlan[] {
  return AIMS.flatMap((aim) => planFor(facts, maxBytes * aim) ?? []);
}

function planFor(
  { width, height, fps, durationMs, hasAudio }: VideoFacts,
  bytes: number,
): ProxyPlan | undefined {
  const seconds = durationMs / 1000;
  const bits = bytes * 8 - (hasAudio ? SOUND_BITS_PER_SECOND * seconds : 0);
  // The encoder may run ahead by a second of it.
  const maxBitsPerSecond = Math.floor(bits / (seconds + 1));
  if (maxBitsPerSecond <= 0 || fps <= 0) return undefined;
  const bitsPerPixel = maxBitsPerSecond / (width * height * fps);
  const wanted = Math.min(1, Math.sqrt(bitsPerPixel / GOOD_BITS_PER_PIXEL));
  const scale = Math.min(1, Math.max(wanted, LEAST_SIDE / Math.max(width, height)));
  const size = { width: even(width * scale), height: even(height * scale) };
  if (maxBitsPerSecond / (size.width * size.height * fps) < LEAST_BITS_PER_PIXEL) return undefined;
  return { ...size, fps, maxBitsPerSecond, keepsSound: hasAudio };
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.floor(pixels / 2));
}
