import { describe, expect, test } from 'vitest';
import { queueCard } from '../../../src/bot/thread-view/queue-card.ts';
import { MINUTE, NOW } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';

import { EMPTY_QUEUE, QUEUE } from './sample-views.ts';

describe('the queue', () => {
  test('lists what runs and what waits', () => {
    expect(rendered(queueCard(QUEUE))).toMatchInlineSnapshot(`
      "
      Queue: 5 runs waiting, 1 running
        now  rs_3fq8w1zz  rainy_neon_street  @ana  46 %, 4–6 min left
        1    rs_9d0x2m4k  harbour_dawn       @ben  starts in 4–6 min, takes 9–12 min
        2    rs_9d0x2m4m  夜の港             @ben
        3 more, all done by about 15:40
        → Pause: /cosmos queue pause
      "
    `);
  });

  test('says of a run whose files are moved how far they are', () => {
    const [gpu1] = QUEUE.hosts;
    const [lane] = gpu1?.lanes ?? [];
    if (gpu1 === undefined || lane?.now === undefined) throw new Error('nothing runs');
    const bytes = { doneBytes: 1.2e9, totalBytes: 3.4e9 };
    const transfer = { stage: 'uploading', ...bytes, bytesPerSecond: 95e6, remainingMs: 24_000 } as const;
    const hosts = [{ ...gpu1, lanes: [{ ...lane, now: { ...lane.now, transfer } }] }];
    expect(rendered(queueCard({ ...QUEUE, hosts })).replaceAll(/\s+/g, ' ')).toContain(
      '@ana uploading 1.2 of 3.4 GB, 95 MB/s, about 24 s left',
    );
  });

  test('that is paused says by whom, and offers to resume', () => {
    const card = queueCard({ ...EMPTY_QUEUE, paused: { byName: 'ben', at: NOW - 3 * MINUTE } });
    expect(rendered(card)).toMatchInlineSnapshot(`
      "
      ▲ Queue: nothing waits
        Paused by @ben 3 min ago: nothing new starts; what runs goes on.
        → Resume: /cosmos queue resume
      "
    `);
  });

  test('that is shown whole says when all is done', () => {
    expect(rendered(queueCard({ ...QUEUE, waitingTotal: 2 }))).toContain('All done by about 15:40');
  });
});
