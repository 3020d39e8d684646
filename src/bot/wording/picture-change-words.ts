import type { PictureChange } from '../../core/sequences/picture-changes.ts';

/** `16-bit → 8-bit · alpha is dropped, colours stay as stored · 1921×1081 → 1920×1080: last column and row cut`. */
export function pictureChangeWords(changes: readonly PictureChange[]): string {
  return changes.map(words).join(' · ');
}

function words(change: PictureChange): string {
  switch (change.kind) {
    case 'depth':
      return `${change.bits}-bit → 8-bit`;
    case 'alpha':
      return 'alpha is dropped, colours stay as stored';
    case 'size': {
      const { from, to } = change;
      const size = `${from.width}×${from.height} → ${to.width}×${to.height}`;
      if (to.width > from.width || to.height > from.height) return `${size}: enlarged`;
      const cut = [...(to.width < from.width ? ['column'] : []), ...(to.height < from.height ? ['row'] : [])];
      return `${size}: last ${cut.join(' and ')} cut`;
    }
  }
}
