import { CosmosError } from '../errors.ts';
import type { FrameFlaws } from './tool/answer.ts';

/** `input.sequence_frames` with the names of the pictures. */
export function frameProblem({ unreadable, differing, width, height }: FrameFlaws, names: readonly string[]) {
  const nameOf = (place: number): string => names[place] ?? String(place);
  return new CosmosError('input.sequence_frames', {
    ...(unreadable.length > 0 && { unreadable: unreadable.map(nameOf) }),
    ...(differing.length > 0 && {
      differing: differing.map((each) => `${nameOf(each.place)} (${each.width}×${each.height})`),
      size: `${width}×${height}`,
    }),
  });
}
