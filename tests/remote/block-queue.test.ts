import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_BYTES,
  type Block,
  BlockQueue,
  keptPrefix,
  WINDOW_BLOCKS,
} from '../../src/remote/transfer/block-queue.ts';

const never = new AbortController().signal;

describe('the blocks of a transfer', () => {
  it('covers every byte once, whatever comes back and in whatever order blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 * BLOCK_BYTES }),
        fc.array(fc.record({ at: fc.nat(7), fails: fc.boolean() }), { maxLength: 200 }),
        async (size, steps) => {
          const queue = new BlockQueue(size);
          const seen: Block[] = [];
          const held: Block[] = [];
          const fill = async (): Promise<void> => {
            while (held.length < 8) {
              const block = await takeNow(queue);
              if (block === undefined) return;
              held.push(block);
            }
          };
          const endOne = (at: number, fails: boolean): void => {
            const [block] = held.splice(at % Math.max(1, held.length), 1);
            if (block === undefined) return;
            if (fails) {
              queue.giveBack(block);
              return;
            }
            queue.finish(block);
            seen.push(block);
          };
          for (const { at, fails } of steps) {
            await fill();
            endOne(at, fails);
          }
          while (!queue.isDone) {
            await fill();
            endOne(0, false);
          }
          const inOrder = seen.toSorted((a, b) => a.position - b.position);
          let position = 0;
          for (const block of inOrder) {
            expect(block.position).toBe(position);
            position += block.bytes;
          }
          expect(position).toBe(size);
          expect(queue.contiguousBytes).toBe(size);
          expect(await queue.take(never)).toBeUndefined();
        },
      ),
    );
  });

  it('never touches so much that the size of what was written misleads about its beginning', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(30), { minLength: 1, maxLength: 200 }), async (steps) => {
        const size = 100 * BLOCK_BYTES + 17;
        const queue = new BlockQueue(size);
        const held: Block[] = [];
        let touched = 0;
        for (const step of steps) {
          for (let block = await takeNow(queue); block !== undefined; block = await takeNow(queue)) {
            held.push(block);
            // Of a block that was begun any part may be written.
            touched = Math.max(touched, block.position + 1, block.position + block.bytes);
          }
          // The first held one ends rarely: it is the one that holds the others up.
          const [ended] = held.splice(step % held.length, 1);
          if (ended !== undefined) queue.finish(ended);
          expect(keptPrefix(touched)).toBeLessThanOrEqual(queue.contiguousBytes);
        }
      }),
    );
  });

  it('waits with a block that lies too far ahead until the first unfinished one has ended', async () => {
    const queue = new BlockQueue(100 * BLOCK_BYTES);
    const first = await takeNow(queue);
    for (let count = 1; count < WINDOW_BLOCKS; count += 1) {
      const block = await takeNow(queue);
      if (block !== undefined) queue.finish(block);
    }
    expect(await takeNow(queue)).toBeUndefined();
    const waiting = queue.take(never);
    if (first !== undefined) queue.finish(first);
    expect(await waiting).toEqual({ position: WINDOW_BLOCKS * BLOCK_BYTES, bytes: BLOCK_BYTES });
  });

  it('begins behind what is there already', async () => {
    const size = 5 * BLOCK_BYTES + 1;
    const queue = new BlockQueue(size, 5 * BLOCK_BYTES);
    expect(queue.doneBytes).toBe(5 * BLOCK_BYTES);
    const last = await queue.take(never);
    expect(last).toEqual({ position: 5 * BLOCK_BYTES, bytes: 1 });
    if (last !== undefined) queue.finish(last);
    expect(queue.contiguousBytes).toBe(size);
    expect(queue.isDone).toBe(true);
  });

  it('keeps nothing of a file that the window covers, and whole blocks of a longer one', () => {
    expect(keptPrefix(0)).toBe(0);
    expect(keptPrefix(WINDOW_BLOCKS * BLOCK_BYTES)).toBe(0);
    expect(keptPrefix(WINDOW_BLOCKS * BLOCK_BYTES + 1)).toBe(BLOCK_BYTES);
    expect(keptPrefix((WINDOW_BLOCKS + 3) * BLOCK_BYTES)).toBe(3 * BLOCK_BYTES);
  });
});

/** A block that is there at once; undefined where it would be waited for, or none is left. */
async function takeNow(queue: BlockQueue): Promise<Block | undefined> {
  const stop = new AbortController();
  const taken = queue.take(stop.signal);
  stop.abort();
  // What waits looks at the signal when it is woken; one that waits for ever is given up.
  return Promise.race([taken, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
}
