import type { Profile } from './profile.ts';

/** In how many parts a model makes a video of `frames` frames: 1 where it has no parts. */
export function chunkCount({ media: { chunk } }: Profile, frames: number): number {
  if (chunk === undefined) return 1;
  return Math.max(1, Math.ceil((frames - chunk.overlap) / (chunk.length - chunk.overlap)));
}

/** The frames that are really computed: a model fills up its last part. */
export function computedFrames(profile: Profile, frames: number): number {
  const { chunk } = profile.media;
  return chunk === undefined ? frames : chunkCount(profile, frames) * chunk.length;
}
