import type { WorkProgress } from '../../core/sequences/sequence-maker.ts';

/** `Making the color video of render.zip: 43 %`. */
export function workWords({ file, making, share }: WorkProgress): string {
  return `Making the ${making} video of \`${file}\`: ${Math.round(share * 100)} %`;
}

/** The last state of the same message. */
export function workDoneWords({ file }: Pick<WorkProgress, 'file'>): string {
  return `The videos of \`${file}\` are made.`;
}

/** The same where nothing came of it: why stands in the answer. */
export function workFailedWords({ file }: Pick<WorkProgress, 'file'>): string {
  return `No videos were made of \`${file}\`.`;
}
