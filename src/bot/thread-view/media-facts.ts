import type { MediaFacts } from '../../core/ports/media.ts';
import { count, duration, framesPerSecond } from '../wording/numbers.ts';

/** `1280×704 · 24 fps · 121 frames · 5.0 s`: what is known of a file, as far as its kind has it. */
export function mediaFacts(facts: MediaFacts): string {
  if (facts.kind === 'audio') return `sound · ${duration(facts.durationMs)}`;
  const picture = `${facts.width}×${facts.height}`;
  if (facts.kind === 'image') return picture;
  return [picture, framesPerSecond(facts.fps), count(facts.frames, 'frame'), duration(facts.durationMs)].join(
    ' · ',
  );
}

/** `5.0 s · 1280×704 · 24 fps`: the same facts as one tells of a result. */
export function resultFacts(facts: MediaFacts): string {
  if (facts.kind !== 'video') return mediaFacts(facts);
  return [duration(facts.durationMs), `${facts.width}×${facts.height}`, framesPerSecond(facts.fps)].join(
    ' · ',
  );
}

/** True where two videos have the same size, rate and number of frames. */
export function sameShape(left: MediaFacts, right: MediaFacts): boolean {
  return (
    left.kind === 'video' &&
    right.kind === 'video' &&
    left.width === right.width &&
    left.height === right.height &&
    left.frames === right.frames &&
    Math.abs(left.fps - right.fps) < 0.01
  );
}
