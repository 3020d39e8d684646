import { readFrameRate } from '../media/frame-rate.ts';
import type { FrameRate } from '../ports/media.ts';

/** What most renderers are set to. */
export const USUAL_RATE: FrameRate = { numerator: 24, denominator: 1 };

/** `render_30fps.zip` says how fast its pictures are shown; undefined where a name says nothing, or nothing possible. */
export function frameRateOfName(name: string): FrameRate | undefined {
  const found = /(?<![a-z0-9])(\d{1,3}(?:\.\d{1,6})?)[ _-]?fps(?![a-z0-9])/i.exec(name)?.[1];
  return found === undefined ? undefined : readFrameRate(found);
}
