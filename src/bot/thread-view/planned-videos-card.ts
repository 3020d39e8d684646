import type { Card } from '../../core/ports/chat.ts';
import type { PlannedVideo } from '../../core/sequences/sequence-maker.ts';
import { count, duration, framesPerSecond } from '../wording/numbers.ts';
import { pictureChangeWords } from '../wording/picture-change-words.ts';
import { line } from './text.ts';

/** What would be made of pictures, and what the videos would not keep of them. */
export function plannedVideosCard(videos: readonly PlannedVideo[]): Card {
  return {
    mark: 'none',
    title: [`Would make ${count(videos.length, 'video')}`],
    blocks: [
      {
        type: 'rows',
        rows: videos.map(({ role, pictures, fps, changes }) => [
          line({ strong: role }),
          line(
            `${count(pictures, 'picture')} · ${framesPerSecond(fps)} · ${duration((pictures * 1000) / fps)}`,
          ),
          line(pictureChangeWords(changes) || 'size and bits as they are'),
        ]),
      },
    ],
    actions: [],
  };
}
