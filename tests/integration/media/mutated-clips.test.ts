import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { makeClip } from '../../support/sample-clips.ts';

const LIMITS = { maxBytes: 10_000_000, maxDurationMs: 60_000, maxPixels: 4_000_000 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mutants-'));
});
afterEach(async () => await rm(directory, { recursive: true }));

describe('mutated clips', () => {
  it('always gives facts or a coded error, in bounded time', async () => {
    const original = await readFile(await makeClip(join(directory, 'clip.mp4')));
    const random = seeded(20_240_601);
    const outcomes = new Map<string, number>();
    const mutants = Array.from({ length: 60 }, (_, index) => ({
      index,
      content: mutate(original, index, random),
    }));
    const bounded = new ChildMediaWorker({ deadlineMs: 20_000 });
    await Promise.all(
      mutants.map(async ({ index, content }) => {
        const path = join(directory, `mutant-${index}.mp4`);
        await writeFile(path, content);
        const outcome = await bounded.verify(path, LIMITS).then(
          (facts) => {
            expect(facts).toMatchObject({ kind: 'video' });
            return 'facts';
          },
          (error: unknown) => {
            if (error instanceof CosmosError) return error.code;
            throw error;
          },
        );
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }),
    );
    expect([...outcomes.keys()].filter((code) => code !== 'facts' && !code.startsWith('input.'))).toEqual([]);
    expect(outcomes.get('facts')).toBeGreaterThan(0);
    expect(outcomes.get('input.truncated')).toBeGreaterThan(0);
  });
});

/** Eight kinds of damage in turn: bytes anywhere, in the index, huge numbers, cuts, zeros, gaps, repeats, bits. */
function mutate(original: Buffer, kind: number, random: () => number): Buffer {
  const content = Buffer.from(original);
  const place = () => Math.floor(random() * (content.length - 64));
  const index = content.indexOf('moov', 0, 'latin1');
  switch (kind % 8) {
    case 0:
      for (let n = 0; n < 20; n++) content[place()] = Math.floor(random() * 256);
      return content;
    case 1:
      for (let n = 0; n < 8; n++) content[index + Math.floor(random() * 600)] = Math.floor(random() * 256);
      return content;
    case 2:
      content.writeUInt32BE(random() < 0.5 ? 0xffffffff : 0x7fffffff, index + Math.floor(random() * 600));
      return content;
    case 3:
      return content.subarray(0, place());
    case 4:
      return content.fill(0, place(), place() + 200);
    case 5: {
      const at = place();
      return Buffer.concat([content.subarray(0, at), content.subarray(at + 40)]);
    }
    case 6: {
      const at = place();
      return Buffer.concat([content.subarray(0, at), content.subarray(at, at + 64), content.subarray(at)]);
    }
    default: {
      const at = place();
      content[at] = (content[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return content;
    }
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
