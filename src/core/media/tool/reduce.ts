import { CosmosError } from '../../errors.ts';
import type { OnProgress, ReducePlan } from '../../ports/media.ts';
import { frameRateOf } from '../frame-rate.ts';
import { decodeFrames } from './decode-frames.ts';
import type { FrameFilter } from './frame-filter.ts';
import { openMedia } from './open-media.ts';
import { MOST_PIXELS, openScaler } from './proxy.ts';
import { openVideoWriter } from './video-writer.ts';

/** Rates are decimals: a product that should be whole may be a little less. */
const ROUNDING = 1e-6;

/** Writes the first frames of the video of the file descriptor again, as large and as many as planned. */
export async function writeReduced(
  input: number,
  to: string,
  plan: ReducePlan,
  onProgress: OnProgress,
): Promise<void> {
  await using media = await openMedia(input, MOST_PIXELS);
  if (media.kind !== 'video') throw new CosmosError('input.no_frames');
  const { width, height, fps } = plan;
  const writer = await openVideoWriter(to, { width, height, frameRate: frameRateOf(fps) });
  let filter: FrameFilter | undefined;
  // Source frames for each frame that is written.
  const step = (plan.sourceFps ?? fps) / fps;
  let seen = 0;
  let frames = 0;
  try {
    for await (const frame of decodeFrames(media)) {
      filter ??= await openScaler(media, frame, plan);
      seen += 1;
      while (frames < plan.frames && Math.floor(frames * step + ROUNDING) < seen) {
        await writer.write(await filter.push([frame]));
        frames += 1;
      }
      onProgress(frames / plan.frames);
      if (frames === plan.frames) break;
    }
    if (frames === 0) throw new CosmosError('input.no_frames');
    await writer.finish();
  } catch (error) {
    await writer.discard();
    throw error;
  } finally {
    filter?.[Symbol.dispose]();
  }
}
