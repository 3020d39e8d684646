import { describe, expect, it } from 'vitest';
import { CallRoom } from '../../../src/bot/chat/call-room.ts';
import type { DeliveryId, ThreadId } from '../../../src/core/ids.ts';
import type { DeliveryHead } from '../../../src/core/store/deliveries.ts';
import { ChatBench } from './chat-bench.ts';

const ONE = 'th_one' as ThreadId;
const OTHER = 'th_other' as ThreadId;

function head(thread: ThreadId, more: Partial<DeliveryHead> = {}): DeliveryHead {
  return { id: 'dl_1' as DeliveryId, thread, purpose: 'answer', isNew: true, ...more };
}

describe('many answers at once', () => {
  it.each([1, 7, 200])(
    'in %i threads are each worked out a few times, however many wait',
    async (threads) => {
      const bench = await ChatBench.open();
      const { deliveries } = bench.bench.store;
      for (let index = 0; index < 200; index++) {
        const card = { mark: 'none', title: [`answer ${index}`], blocks: [], actions: [] } as const;
        deliveries.ensure(`answer:${index}`, bench.thread(`T${index % threads}`), {
          purpose: 'answer',
          card,
        });
      }
      const get = deliveries.get.bind(deliveries);
      let read = 0;
      deliveries.get = (id) => {
        read += 1;
        return get(id);
      };
      await bench.pass(0);
      const shown = bench.chat.messages.map(({ card }) => String(card.title[0]));
      expect(shown).toHaveLength(200);
      expect(bench.open()).toEqual([]);
      expect(read).toBeLessThanOrEqual(400);
      // In each thread in the order in which they were asked for.
      const first = bench.chat.messages.filter(({ where }) => where.thread === 'T0');
      const numbers = first.map(({ card }) => Number(String(card.title[0]).split(' ')[1]));
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    },
  );
});

describe('the room for calls', () => {
  it('has one post at a time in a thread, sixteen in all', () => {
    const room = new CallRoom([{ isUpload: false, postsInto: ONE }]);
    expect(room.isTaken(head(ONE))).toBe(true);
    expect(room.isTaken(head(OTHER))).toBe(false);
    room.take({ isUpload: false, thread: OTHER });
    expect(room.isTaken(head(OTHER))).toBe(true);
    for (let index = 0; index < 13; index++)
      room.take({ isUpload: false, thread: `th_${index}` as ThreadId });
    room.take({ isUpload: false, thread: ONE });
    expect(room.isFull).toBe(false);
    room.take({ isUpload: false, thread: 'th_last' as ThreadId });
    expect(room.isFull).toBe(true);
  });

  it('has no more than four uploads, which wait for no thread', () => {
    const room = new CallRoom([{ isUpload: true }]);
    for (let index = 0; index < 20; index++) room.take({ isUpload: true, thread: ONE });
    expect(room.isFull).toBe(false);
    expect(room.isTaken(head(ONE))).toBe(false);
  });

  it.each([{ isNew: false }, { purpose: 'result' as const }, { purpose: 'output' as const }])(
    'is not taken for what may be an edit or an upload: %j',
    (more) => {
      const room = new CallRoom([{ isUpload: false, postsInto: ONE }]);
      expect(room.isTaken(head(ONE, more))).toBe(false);
    },
  );
});
